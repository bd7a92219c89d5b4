/** Where we are, as a control's trace page sees it: the country, and with the operator's own table the network. */
import { protocolOf } from './address.ts';
import { type DocumentInput, fetchDocument } from './document.ts';
import type { Instruments } from './instruments.ts';

/** Cloudflare's trace page, on a host that is a control anyway: some 300 bytes of `key=value` lines. */
export const trace_url = new URL('https://www.cloudflare.com/cdn-cgi/trace');
const most_bytes = 4096;

export interface Place {
  /** ISO 3166-1 alpha-2. */
  country?: string | undefined;
  /** `AS17557`. */
  asn?: string | undefined;
}

/**
 * The country of the `loc=` line, and the network that announces the address of the `ip=` line. That address is our
 * own: it never leaves this function. `XX` and `T1` (unknown, Tor) are no countries.
 */
export function placeIn(page: string, asnOf: (ip: string) => number | undefined): Place {
  const code = /^loc=([A-Z]{2})$/m.exec(page)?.[1];
  const ip = /^ip=([0-9a-fA-F.:]{2,45})$/m.exec(page)?.[1];
  const asn = ip !== undefined && protocolOf(ip) ? asnOf(ip) : undefined;
  return { country: code === 'XX' ? undefined : code, asn: asn === undefined ? undefined : `AS${asn}` };
}

/** Asks over verified TLS; empty when that fails. `input.url` and `most_bytes` are filled in here. */
export async function detectPlace(
  input: Omit<DocumentInput, 'url' | 'most_bytes'>,
  instruments: Instruments,
  signal: AbortSignal,
): Promise<Place> {
  const page = await fetchDocument({ ...input, url: trace_url, most_bytes }, instruments, signal);
  return 'failure' in page ? {} : placeIn(page.body.toString('latin1'), (ip) => instruments.asnOf(ip));
}
