/**
 * The kinds of values that the configuration is made of. Every message is the phrase that follows "expected": what
 * the reader should have written, with an example.
 */
import { isIP } from 'node:net';
import { z } from 'zod';
import { countries } from './countries.ts';
import { durationPattern, parseDuration, parseSize, sizePattern } from './units.ts';

/** A text of a given form. `pattern` also goes into the JSON schema, so that editors check it. */
export function word(pattern: RegExp, expected: string) {
  return z.string({ error: expected }).regex(pattern, { error: expected });
}

/** A text that a function accepts or not. */
export function text(expected: string, accepts: (value: string) => boolean) {
  return z.string({ error: expected }).refine(accepts, { error: expected });
}

/** A duration between two bounds (both allowed, written as durations); its output is whole milliseconds. */
export function duration(least: string, most: string) {
  const [low, high] = [parseDuration(least)!, parseDuration(most)!];
  const written = z.string({ error: 'a duration such as "60s"' }).meta({ pattern: durationPattern.source });
  return written.transform((value, context) => {
    const ms = parseDuration(value);
    if (ms !== undefined && ms >= low && ms <= high) return ms;
    const bound = ms === undefined ? 'a duration such as "60s"' : ms < low ? `at least ${least}` : `at most ${most}`;
    context.addIssue({ code: 'custom', message: bound, input: value });
    return z.NEVER;
  });
}

/** A size between two bounds (both allowed, written as sizes); its output is whole bytes. */
export function size(least: string, most: string) {
  const [low, high] = [parseSize(least)!, parseSize(most)!];
  const written = z.string({ error: 'a size such as "200MB" or "64KiB"' }).meta({ pattern: sizePattern.source });
  return written.transform((value, context) => {
    const bytes = parseSize(value);
    if (bytes !== undefined && bytes >= low && bytes <= high) return bytes;
    const bound =
      bytes === undefined ? 'a size such as "200MB" or "64KiB"' : bytes < low ? `at least ${least}` : `at most ${most}`;
    context.addIssue({ code: 'custom', message: bound, input: value });
    return z.NEVER;
  });
}

/** A share between two bounds, such as 0.25. */
export function share(least: number, most: number) {
  return z.number().min(least).max(most);
}

/** A URL of one of the schemes, with a host, without credentials and without a fragment. */
export function url(schemes: readonly ('http' | 'https')[], example: string) {
  const kind = schemes.includes('http') ? 'a URL' : 'an https URL';
  const expected = `${kind} such as "${example}" (no credentials, no #)`;
  return text(expected, (value) => {
    if (/[\s\u0000-\u001f]/.test(value) || !URL.canParse(value)) return false;
    const { protocol, hostname, username, password, hash } = new URL(value);
    const plain = username === '' && password === '' && hash === '' && !value.endsWith('#');
    return schemes.some((scheme) => protocol === `${scheme}:`) && hostname !== '' && plain;
  }).meta({ format: 'uri' });
}

export const webUrl = url(['https', 'http'], 'https://example.org/');

/** A literal address: nothing that would have to be resolved, no zone. */
export const address = text('an IP address such as "9.9.9.9"', (value) => isIP(value) !== 0 && !value.includes('%'));

/** Where a server listens: a literal address (or localhost) and a port, IPv6 in brackets. Port 0 takes a free one. */
export const listenAddress = text(
  'an address and a port such as "127.0.0.1:7322" ("0.0.0.0:7322" listens on every interface)',
  (value) => {
    const parts = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(value);
    if (parts === null || Number(parts[3]) > 65_535) return false;
    return parts[1] !== undefined ? isIP(parts[1]) === 6 : parts[2] === 'localhost' || isIP(parts[2]!) === 4;
  },
);

export const country = text('a country by its two letters (ISO 3166-1) such as "PK"', (value) => countries.has(value));

export const asn = word(/^AS[1-9]\d{0,9}$/, 'an autonomous system such as "AS17557"');

/** IANA time zone, used only to write times in statements. */
export const timezone = text('a time zone such as "Asia/Karachi" or "UTC"', (value) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
});

/** A moment with its offset (RFC 3339); its output is the same moment in UTC with milliseconds. */
export const moment = z
  .string({ error: 'a moment such as "2024-01-20T18:40:00+05:00"' })
  .transform((value, context) => {
    const whole = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)$/.test(value);
    const at = whole ? Date.parse(value.replace(' ', 'T').toUpperCase()) : Number.NaN;
    if (!Number.isNaN(at)) return new Date(at).toISOString();
    context.addIssue({ code: 'custom', message: 'a moment such as "2024-01-20T18:40:00+05:00"', input: value });
    return z.NEVER;
  });

/** One line for people, without control characters. */
export function line(longest: number, expected: string) {
  return text(
    expected,
    (value) => value.trim() !== '' && value.length <= longest && !/[\u0000-\u001f\u007f]/.test(value),
  );
}

export const filePath = text('the path of a file', (value) => value.trim() !== '' && !value.includes('\0'));

/** A host name as it stands in a Host header, without port. */
export const hostName = text('a host name such as "pi.home.arpa"', (value) =>
  /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/i.test(value),
);

/** SHA-256 of a SubjectPublicKeyInfo in base64 (RFC 7469, section 2.4). */
export const spki = word(/^[A-Za-z0-9+/]{43}=$/, "the base64 SHA-256 of the beacon's public key (44 characters)");

export const port = z.int({ error: 'a port from 1 to 65535' }).min(1, { error: 'a port from 1 to 65535' }).max(65_535, {
  error: 'a port from 1 to 65535',
});
