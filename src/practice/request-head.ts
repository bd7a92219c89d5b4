/** Reads the Host header of a cleartext HTTP/1 request, as a filter on the path does. */

export type Head = { kind: 'incomplete' } | { kind: 'not_http' } | { kind: 'head'; host: string | undefined };

/** Longer heads than any browser's are let through unread. */
const maxHead = 16_384;
const requestLine = /^[A-Z]{3,7} [^\r\n]* HTTP\/1\.[01]\r?\n/;
const requestStart = /^[A-Z]{0,7}( [^\r\n]*(\r?\n?)?)?$/;

/** Never throws. The host comes without its port, lower case. */
export function readRequestHead(bytes: Buffer): Head {
  const text = bytes.toString('latin1', 0, maxHead);
  if (!requestLine.test(text)) {
    return bytes.length < maxHead && requestStart.test(text) ? { kind: 'incomplete' } : { kind: 'not_http' };
  }
  const end = text.search(/\r?\n\r?\n/);
  if (end < 0 && bytes.length < maxHead) return { kind: 'incomplete' };
  const host = /\r?\nhost:[ \t]*([^\r\n]*)/i.exec(text.slice(0, end < 0 ? undefined : end))?.[1];
  return { kind: 'head', host: host?.trim().toLowerCase().replace(/:\d+$/, '') };
}
