/** Which country we are in, as a control's trace page sees it. */
import { type DocumentInput, fetchDocument } from './document.ts';
import type { Instruments } from './instruments.ts';

/** Cloudflare's trace page, on a host that is a control anyway: some 300 bytes of `key=value` lines. */
export const trace_url = new URL('https://www.cloudflare.com/cdn-cgi/trace');
const most_bytes = 4096;

/**
 * The two-letter code of the `loc=` line; undefined when there is none. The page also names our own address: that line
 * never leaves this function. `XX` and `T1` (unknown, Tor) are no countries.
 */
export function countryIn(page: string): string | undefined {
  const code = /^loc=([A-Z]{2})$/m.exec(page)?.[1];
  return code === 'XX' ? undefined : code;
}

/** Asks over verified TLS; undefined when that fails. `input.url` and `most_bytes` are filled in here. */
export async function detectCountry(
  input: Omit<DocumentInput, 'url' | 'most_bytes'>,
  instruments: Instruments,
  signal: AbortSignal,
): Promise<string | undefined> {
  const page = await fetchDocument({ ...input, url: trace_url, most_bytes }, instruments, signal);
  return 'failure' in page ? undefined : countryIn(page.body.toString('latin1'));
}
