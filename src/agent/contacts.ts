/**
 * When an address last heard a platform's name from us.
 *
 * Some filters punish the whole address for minutes after one bad name (Turkey 2022–25), so an experiment with a
 * neutral name prefers an address that has rested. Bounded: forgotten after an hour, far beyond any known residue.
 */
const forgetAfterMs = 3_600_000;

export class Contacts {
  readonly #heard = new Map<string, number>();

  /** Notes that `ip` heard a platform's name at `now` (monotonic ms). */
  touch(ip: string, now: number): void {
    this.#heard.delete(ip);
    this.#heard.set(ip, now);
    for (const [old, at] of this.#heard) {
      if (now - at <= forgetAfterMs) break;
      this.#heard.delete(old);
    }
  }

  /** Seconds since then, absent when this address has not heard one. */
  rested_s(ip: string, now: number): number | undefined {
    const at = this.#heard.get(ip);
    return at === undefined ? undefined : Math.round((now - at) / 1000);
  }
}
