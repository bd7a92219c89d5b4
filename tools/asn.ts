/**
 * Makes `src/measure/asn-table.ts`: which of the addresses that we meet belong to whom.
 *
 * Usage: npm pack @ip-location-db/asn, unpack it somewhere, then: node tools/asn.ts DIRECTORY
 * The package (63 MB, CC BY 4.0) is an input of this script and never a dependency.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Wanted {
  asn: number;
  holder: string;
  /** Shortest prefix lengths worth keeping: a CDN announces thousands of customers' small blocks. */
  longest4?: number;
  longest6?: number;
  /** The holder's own published list instead of the routing table's many pieces. */
  published?: readonly string[];
}

/** https://www.cloudflare.com/ips/, and the blocks of its public resolver. */
const cloudflare = [
  ...['1.0.0.0/24', '1.1.1.0/24', '103.21.244.0/22', '103.22.200.0/22', '103.31.4.0/22', '104.16.0.0/13'],
  ...['104.24.0.0/14', '108.162.192.0/18', '131.0.72.0/22', '141.101.64.0/18', '162.158.0.0/15', '172.64.0.0/13'],
  ...['173.245.48.0/20', '188.114.96.0/20', '190.93.240.0/20', '197.234.240.0/22', '198.41.128.0/17'],
  ...['2400:cb00::/32', '2405:8100::/32', '2405:b500::/32', '2606:4700::/32', '2803:f800::/32'],
  ...['2a06:98c0::/29', '2c0f:f248::/32'],
];

/** Platforms, the networks of controls, and who runs public resolvers. */
const wanted: readonly Wanted[] = [
  { asn: 13414, holder: 'X' },
  { asn: 35995, holder: 'X' },
  { asn: 63179, holder: 'X' },
  { asn: 32934, holder: 'Meta' },
  { asn: 63293, holder: 'Meta' },
  { asn: 54115, holder: 'Meta' },
  { asn: 15169, holder: 'Google' },
  { asn: 36040, holder: 'Google' },
  { asn: 43515, holder: 'Google' },
  { asn: 36492, holder: 'Google' },
  { asn: 19527, holder: 'Google' },
  { asn: 13335, holder: 'Cloudflare', published: cloudflare },
  { asn: 54113, holder: 'Fastly', longest4: 22, longest6: 40 },
  { asn: 14907, holder: 'Wikimedia' },
  { asn: 3333, holder: 'RIPE NCC' },
  { asn: 16876, holder: 'ICANN' },
  { asn: 40528, holder: 'ICANN' },
  { asn: 7941, holder: 'Internet Archive' },
  { asn: 8068, holder: 'Microsoft', longest4: 22, longest6: 40 },
  { asn: 8075, holder: 'Microsoft', longest4: 15, longest6: 32 },
  { asn: 714, holder: 'Apple', longest4: 20, longest6: 40 },
  { asn: 62041, holder: 'Telegram' },
  { asn: 62014, holder: 'Telegram' },
  { asn: 59930, holder: 'Telegram' },
  { asn: 138699, holder: 'TikTok' },
  { asn: 396986, holder: 'TikTok', longest4: 22, longest6: 40 },
  { asn: 19281, holder: 'Quad9' },
  { asn: 42, holder: 'WoodyNet, Quad9’s host', longest4: 23, longest6: 44 },
  { asn: 36692, holder: 'Cisco OpenDNS', longest4: 23, longest6: 44 },
  { asn: 212772, holder: 'AdGuard' },
];

type Range = [first: bigint, last: bigint];

/** `first,last,asn,"name"`, addresses as decimal numbers. */
function readRanges(file: string): Map<number, Range[]> {
  const ranges = new Map<number, Range[]>();
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [first, last, asn] = line.split(',');
    if (!first || !last || !asn) continue;
    const known = ranges.get(Number(asn)) ?? [];
    known.push([BigInt(first), BigInt(last)]);
    ranges.set(Number(asn), known);
  }
  return ranges;
}

/** Neighbours and overlaps joined, in order. */
function merged(ranges: readonly Range[]): Range[] {
  const out: Range[] = [];
  for (const [first, last] of ranges.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const before = out.at(-1);
    if (!before || first > before[1] + 1n) out.push([first, last]);
    else if (before[1] < last) before[1] = last;
  }
  return out;
}

/** A range as prefixes, the longest ones that fit. */
function prefixes([first, last]: Range, bits: number): { base: bigint; length: number }[] {
  const out: { base: bigint; length: number }[] = [];
  let base = first;
  while (base <= last) {
    let host = 0;
    while (host < bits && base % (1n << BigInt(host + 1)) === 0n && base + (1n << BigInt(host + 1)) - 1n <= last)
      host += 1;
    out.push({ base, length: bits - host });
    base += 1n << BigInt(host);
  }
  return out;
}

const dotted = (n: bigint) => [24n, 16n, 8n, 0n].map((shift) => (n >> shift) & 255n).join('.');

/** RFC 5952: lower case, no leading zeros, the longest run of zeros as `::`. Prefixes end in zeros, so that is the tail. */
function colons(n: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => ((n >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  const lastUsed = groups.findLastIndex((group) => group !== '0');
  return `${groups.slice(0, lastUsed + 1).join(':')}::`;
}

const [, , directory] = process.argv;
if (!directory) throw new Error('usage: node tools/asn.ts DIRECTORY-OF-THE-UNPACKED-PACKAGE');
const { version } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as { version: string };
const four = readRanges(join(directory, 'asn-ipv4-num.csv'));
const six = readRanges(join(directory, 'asn-ipv6-num.csv'));

/** Words in lines of at most 116 characters. */
function wrapped(words: readonly string[]): string {
  const lines: string[] = [];
  for (const word of words) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= 116) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}

let count = 0;
const entries = wanted.map(({ asn, holder, longest4 = 32, longest6 = 128, published }) => {
  const blocks4 = merged(four.get(asn) ?? []).flatMap((range) => prefixes(range, 32));
  const blocks6 = merged(six.get(asn) ?? []).flatMap((range) => prefixes(range, 128));
  const words = published ?? [
    ...blocks4.filter(({ length }) => length <= longest4).map(({ base, length }) => `${dotted(base)}/${length}`),
    ...blocks6.filter(({ length }) => length <= longest6).map(({ base, length }) => `${colons(base)}/${length}`),
  ];
  count += words.length;
  return `  // ${holder}\n  ${asn}: \`\n${wrapped(words)}\`,`;
});

// The version ends in year, month, day, hour.
const dated = /\.(\d{4})(\d{2})(\d{2})\d*$/.exec(version)?.slice(1).join('-') ?? version;
writeFileSync(
  new URL('../src/measure/asn-table.ts', import.meta.url),
  `/**
 * Address blocks by the AS that announces them: those of the platforms, of the controls' networks and of public
 * resolvers. Generated by tools/asn.ts; ${count} blocks, as of ${dated}.
 *
 * From @ip-location-db/asn ${version}, licensed CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/):
 * RouteViews (https://www.routeviews.org), NRO, and DB-IP (https://db-ip.com). Selected, merged and rewritten as prefixes.
 * Cloudflare's own list is from https://www.cloudflare.com/ips/.
 * Small blocks of content networks are left out: an address that is not here belongs to nobody that we know.
 */
export const asnTableDate = '${dated}';

export const asnTable: Readonly<Record<number, string>> = {
${entries.join('\n')}
};
`,
);
