/**
 * Who may ask. Anybody's web page can make the volunteer's browser send requests to loopback; by DNS rebinding even
 * read the answers. So the Host must be a name that is ours, and a change must not come from a foreign page.
 */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

export interface GuardOptions {
  /** Base URL under which a reverse proxy serves us. */
  external_url?: string | undefined;
  /** Further names, without ports. */
  allowed_hosts: readonly string[];
}

/** The host of a Host header without its port and brackets, lower case; undefined for one that is none. */
export function hostOf(header: string | undefined): string | undefined {
  const [, bracketed, plain] = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::\d{1,5})?$/i.exec(header ?? '') ?? [];
  return (bracketed ?? plain)?.toLowerCase().replace(/\.$/, '');
}

/** Whether a request with this Host header is meant for us: a loopback name, a literal address, or a name of ours. */
export function hostAllowed(header: string | undefined, { external_url, allowed_hosts }: GuardOptions): boolean {
  const host = hostOf(header);
  if (host === undefined) return false;
  // A literal address cannot be rebound to another one.
  if (isIP(host) !== 0 || host === 'localhost' || host.endsWith('.localhost')) return true;
  if (external_url !== undefined && host === new URL(external_url).hostname.toLowerCase()) return true;
  return allowed_hosts.some((name) => name.toLowerCase() === host);
}

/**
 * Whether a page of somebody else's sent this. Browsers put Origin on every POST and Sec-Fetch-Site on every request;
 * curl and Prometheus send neither.
 */
export function isForeign({ headers }: IncomingMessage, { external_url }: GuardOptions): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  const { origin, host } = headers;
  if (origin === undefined) return false;
  const own = [`http://${host}`, `https://${host}`];
  if (external_url !== undefined) own.push(new URL(external_url).origin);
  return !own.includes(origin);
}
