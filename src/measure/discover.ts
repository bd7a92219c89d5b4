/** Finds an object large enough to measure goodput with, where its name changes with every release of the site. */
import type { IpProtocol } from '../model/vocabulary.ts';
import { attempt, hostOf } from './attempt.ts';
import { locate } from './document.ts';
import type { Instruments } from './instruments.ts';
import { objectUrls } from './object-urls.ts';
import { isRedirect, nextHop } from './redirect.ts';

/** Less could not tell a freeze (12–40 KiB) from an end; a control has to run past it (docs/methodology.md, rule 2). */
export const least_object_bytes = 48 * 1024;
/** Enough of a page to meet the addresses of its scripts and styles, which stand in its head. */
const page_bytes = 64 * 1024;
/** Objects looked at before giving up: each costs a handshake. */
const most_checked = 4;
/** A front page may send on to its language and to www. */
const most_hops = 3;
/** A page that is not there after half of the time will not tell more in the other half. */
const patience = 0.5;

export interface DiscoverInput {
  /** The object must be on this host: the address that was measured is its. */
  host: string;
  /** Pages in which it may be named. */
  candidates: readonly string[];
  /** The host's address, as observed. */
  ip: string;
  ip_protocol: IpProtocol;
  configured: readonly string[];
  system: boolean;
  timeout_ms: number;
  dns_timeout_ms: number;
}

/** `none`: everything that was asked was answered. `unheard`: a page or an object was not, and may be another time. */
export type Discovered = URL | 'none' | 'unheard';

/** A sized object: status 200 and at least 48 KiB, by its Content-Length or by its bytes. Never throws. */
export async function discover(
  input: DiscoverInput,
  instruments: Instruments,
  signal: AbortSignal,
): Promise<Discovered> {
  let checked = 0;
  let unheard = false;
  for (const candidate of input.candidates) {
    const url = URL.parse(candidate);
    if (url?.protocol !== 'https:') continue;
    const page = await readPage(url, input, instruments, signal);
    if (page === 'none') continue;
    unheard ||= page === 'unheard' || page.cut;
    if (page === 'unheard') continue;
    for (const object of objectUrls(page.text, page.url, input.host)) {
      if (signal.aborted) return 'unheard';
      if (checked === most_checked) return unheard ? 'unheard' : 'none';
      checked += 1;
      const sized = await isSized(object, input, instruments, signal);
      if (sized) return object;
      unheard ||= sized === undefined;
    }
  }
  return unheard || signal.aborted ? 'unheard' : 'none';
}

interface Page {
  text: string;
  url: URL;
  /** It stopped before its end: a connection that freezes. Its head has named its objects by then. */
  cut: boolean;
}

/** The beginning of a page, after redirects to other https pages. */
async function readPage(
  from: URL,
  input: DiscoverInput,
  instruments: Instruments,
  signal: AbortSignal,
): Promise<Page | 'none' | 'unheard'> {
  let url = from;
  for (let hop = 0; hop < most_hops && url.protocol === 'https:' && !signal.aborted; hop++) {
    const { ip_protocol, configured, system, dns_timeout_ms } = input;
    const timeout_ms = patience * input.timeout_ms;
    const place = await locate({ url, ip_protocol, configured, system, dns_timeout_ms }, instruments, signal);
    if (!('ip' in place)) return 'unheard';
    const { ip, source } = place;
    const asked = { url, ip, source, method: 'GET', body_cap: page_bytes, timeout_ms } as const;
    const { exchange, answer } = await attempt(asked, instruments, signal);
    const cut = exchange.outcome !== 'ok';
    if (answer === undefined || (cut && exchange.failure?.phase !== 'transfer')) return 'unheard';
    if (answer.status === 200) return { text: answer.body.toString('utf8'), url, cut };
    const location = answer.headers['location'];
    const next = isRedirect(answer.status) && location !== undefined ? nextHop(url, location) : undefined;
    if (next === undefined) return 'none';
    url = next;
  }
  return signal.aborted ? 'unheard' : 'none';
}

/**
 * By Content-Length; where a server does not say (RFC 9110 section 8.6 leaves it free), by fetching that much. Undefined: not
 * answered.
 */
async function isSized(
  url: URL,
  input: DiscoverInput,
  instruments: Instruments,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const { ip, timeout_ms } = input;
  if (hostOf(url) !== input.host) return false;
  const ask = (method: 'GET' | 'HEAD') =>
    attempt({ url, ip, source: 'configured', method, body_cap: least_object_bytes, timeout_ms }, instruments, signal);
  const head = await ask('HEAD');
  if (head.exchange.outcome !== 'ok') return undefined;
  if (head.answer?.status !== 200) return false;
  const length = head.answer.headers['content-length'];
  if (length !== undefined) return Number(length) >= least_object_bytes;
  const { exchange, answer } = await ask('GET');
  if (exchange.outcome !== 'ok') return undefined;
  return answer?.status === 200 && answer.length >= least_object_bytes;
}
