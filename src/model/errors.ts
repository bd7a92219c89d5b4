/** The table of complaints that reach a person: each has a code, an exit status and one clear line. */

/** Exit statuses of the command line, as the contract fixes them. */
export const exit = {
  fine: 0,
  /** `probe`: a platform is not reachable. */
  not_reachable: 1,
  /** Wrong usage or configuration, no consent. */
  usage: 2,
  /** `probe`: cannot be known. */
  inconclusive: 3,
  bug: 70,
} as const;

/** What went wrong, by code. Every one exits with `exit.usage`: each is something that the operator can put right. */
export const complaints = [
  'usage',
  'config',
  'consent',
  'file_unreadable',
  'data_path_unwritable',
  'store_unusable',
  'address_in_use',
  'address_unavailable',
  'record_invalid',
  'not_running',
  'not_found',
] as const;
export type ComplaintCode = (typeof complaints)[number];

/** Something that the operator can put right. `message` is what is printed: whole lines, no stack trace. */
export class Complaint extends Error {
  override readonly name = 'Complaint';
  readonly code: ComplaintCode;
  readonly exit = exit.usage;

  constructor(code: ComplaintCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
