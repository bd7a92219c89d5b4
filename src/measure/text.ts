/** Texts from the network, before they go into a record, a log or a page. */

/** One line of printable characters: controls and direction marks become spaces, runs of space one; at most `most` characters. */
export function plainText(text: string, most: number): string {
  const line = text
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\ufffd]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return Array.from(line).slice(0, most).join('');
}
