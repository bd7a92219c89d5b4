/** Finds, in a page, the addresses of files that may be large enough to measure goodput with. */

/** Files of these kinds are large more often than others, in this order: bundles and media before icons. */
const kinds: readonly string[] = ['js', 'css', 'mp4', 'jpg', 'jpeg', 'webp', 'png', 'woff2', 'wasm', 'svg'];
/** Longer addresses are signed for one visitor. */
const most_characters = 300;
const most_found = 50;
/** Scripts write `\/`, `/` and `&amp;` where a page writes `/` and `&`. */
const written: readonly (readonly [RegExp, string])[] = [
  [/\\u002f/gi, '/'],
  [/\\\//g, '/'],
  [/&amp;/g, '&'],
];

/**
 * Addresses on `host` by https, most promising first, without query or fragment: a query may carry what was meant for one
 * visitor. `base`: the page's own address, that relative ones are read against.
 */
export function objectUrls(page: string, base: URL, host: string): URL[] {
  const text = written.reduce((all, [pattern, sign]) => all.replace(pattern, sign), page);
  const found = new Map<string, URL>();
  const candidates = text.matchAll(/https:\/\/[^\s"'<>\\)(]{4,600}|(?:src|href)=["']([^"'<>\s]{2,600})["']/gi);
  for (const [whole, relative] of candidates) {
    const url = URL.parse(relative ?? whole, base);
    if (url === null || url.protocol !== 'https:' || url.hostname !== host) continue;
    if (url.port !== '' || url.username !== '' || url.password !== '') continue;
    url.search = '';
    url.hash = '';
    if (url.href.length > most_characters || rank(url) === kinds.length) continue;
    found.set(url.href, url);
    if (found.size === most_found) break;
  }
  return [...found.values()].sort((a, b) => rank(a) - rank(b));
}

/** Place among the kinds; their number when it is none of them. */
function rank({ pathname }: URL): number {
  const extension = /\.([a-z0-9]{2,5})$/i.exec(pathname)?.[1]?.toLowerCase() ?? '';
  const index = kinds.indexOf(extension);
  return index === -1 ? kinds.length : index;
}
