/**
 * Who may have how much: so many requests and bytes for one client, so many bytes for all together. An answer is given
 * whole or refused before it begins, never slowed: a slow answer would read as throttling.
 */

export interface AllowanceOptions {
  /** Requests of one client within ten minutes. */
  client_requests: number;
  /** Bytes for one client within ten minutes. */
  client_bytes: number;
  /** Bytes for all clients within a day. */
  daily_bytes: number;
  /** Milliseconds that never go back. */
  monotonic(): number;
}

/** Which of the limits is reached. */
export type Refusal = 'client' | 'day';

export interface Allowance {
  /** Takes so many bytes from what this client and the day have left, or says which of them has not enough. */
  take(ip: string, bytes: number): Refusal | undefined;
}

const window_ms = 600_000;
const day_ms = 86_400_000;
/** Clients remembered at once, in memory only; beyond them the one that came first is forgotten. Some 2 MB. */
const most_clients = 10_000;

interface Used {
  since: number;
  requests: number;
  bytes: number;
}

export function createAllowance(options: AllowanceOptions): Allowance {
  const clients = new Map<string, Used>();
  let day = { since: options.monotonic(), bytes: 0 };

  const clientAt = (ip: string, now: number): Used => {
    const name = clientOf(ip);
    const known = clients.get(name);
    if (known && now - known.since < window_ms) return known;
    // Deleted first, so that the oldest window stands first in the map.
    clients.delete(name);
    const [oldest] = clients.keys();
    if (oldest !== undefined && clients.size >= most_clients) clients.delete(oldest);
    const fresh = { since: now, requests: 0, bytes: 0 };
    clients.set(name, fresh);
    return fresh;
  };

  return {
    take(ip, bytes) {
      const now = options.monotonic();
      if (now - day.since >= day_ms) day = { since: now, bytes: 0 };
      const client = clientAt(ip, now);
      if (client.requests + 1 > options.client_requests) return 'client';
      if (client.bytes + bytes > options.client_bytes) return 'client';
      if (day.bytes + bytes > options.daily_bytes) return 'day';
      client.requests += 1;
      client.bytes += bytes;
      day.bytes += bytes;
      return undefined;
    },
  };
}

/** One address of IPv4, one /64 of IPv6: what a household has (RFC 6177). */
export function clientOf(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped) return mapped;
  if (!ip.includes(':')) return ip;
  const [head = '', tail] = ip.toLowerCase().replace(/%.*$/, '').split('::');
  const groups = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length);
  const all = [...groups, ...Array<string>(Math.max(0, missing)).fill('0'), ...(tail ? tail.split(':') : [])];
  return all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
