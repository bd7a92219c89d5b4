/** Redirects: where an answer sends us, and whether we go there. */
import { isIP } from 'node:net';
import { isBogon, leadsHome } from './bogon.ts';

/** Fetch standard and common browsers stop at 20, curl at 50, OONI at 10: the contract says 10. */
export const most_redirects = 10;

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Whether this status asks to go elsewhere (RFC 9110 section 15.4). */
export function isRedirect(status: number): boolean {
  return redirectStatuses.has(status);
}

/** RFC 1035 section 2.3.4. */
function isName(host: string): boolean {
  const labels = host.replace(/\.$/, '').split('.');
  return host.length <= 254 && labels.every((label) => label.length > 0 && label.length <= 63);
}

/** Longer targets are not followed: nobody needs them, and they would be sent on to whoever they name. */
const most_characters = 4096;

/**
 * Where `location` leads from `current`; undefined when that is nowhere: no http(s) URL, no usable host, credentials,
 * our own machine, or a port below 1024 that is not the web's (a forged redirect must not make us talk to a mail server).
 *
 * To a private address only the root is asked for: a captive portal shows itself there too, and a forged redirect
 * must not press a button on somebody's router.
 */
export function nextHop(current: URL, location: string): URL | undefined {
  // The URL parser forgives `https:///path` and takes the path for a host: there the host is empty.
  if (location.length > most_characters || /^\s*(?:https?:)?\/\/(?:[/?#\\]|$)/i.test(location)) return undefined;
  const next = URL.parse(location, current);
  if (!next || (next.protocol !== 'http:' && next.protocol !== 'https:')) return undefined;
  if (next.username !== '' || next.password !== '') return undefined;
  const port = Number(next.port || 0);
  if (port !== 0 && port < 1024 && port !== 80 && port !== 443) return undefined;
  next.hash = '';
  const host = next.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) === 0) return isName(host) ? next : undefined;
  if (leadsHome(host)) return undefined;
  if (isBogon(host)) {
    next.pathname = '/';
    next.search = '';
  }
  return next;
}
