/** `host:port`, as `--web.listen-address` has it, and what is said when nobody can listen there. */
import { Complaint } from '../model/errors.ts';

export interface ListenAddress {
  /** Without brackets; empty for every interface. */
  host: string;
  port: number;
}

/** Reads `127.0.0.1:7322`, `[::1]:7322`, `localhost:7322` or `:7322`. Throws a `Complaint` that names `setting` for anything else. */
export function parseListenAddress(text: string, setting = 'web.listen-address'): ListenAddress {
  const [, bracketed, plain, port] = /^(?:\[([\da-fA-F:.]+)\]|([^\s:[\]/]*)):(\d{1,5})$/.exec(text) ?? [];
  const number = Number(port);
  if (port === undefined || number > 65_535) {
    throw new Complaint(
      'address_unavailable',
      `${setting}: expected an address and a port such as "127.0.0.1:7322", got ${JSON.stringify(text)}`,
    );
  }
  return { host: bracketed ?? plain ?? '', port: number };
}

/** The system's refusal as one line with the port in it. */
export function listenComplaint(
  text: string,
  { port }: ListenAddress,
  error: NodeJS.ErrnoException,
  setting = 'web.listen-address',
): Complaint {
  const cause = { cause: error };
  if (error.code === 'EADDRINUSE') {
    return new Complaint(
      'address_in_use',
      `cannot listen on ${text}: port ${port} is already in use; stop what uses it, or choose another with --${setting}`,
      cause,
    );
  }
  const reasons: Record<string, string> = {
    EACCES: `port ${port} needs more rights than this user has`,
    EADDRNOTAVAIL: 'this computer has no such address',
    ENOTFOUND: 'there is no such name',
    EAI_AGAIN: 'the name cannot be looked up',
  };
  const reason = reasons[error.code ?? ''] ?? error.message;
  return new Complaint(
    'address_unavailable',
    `cannot listen on ${text}: ${reason}; choose another with --${setting}`,
    cause,
  );
}
