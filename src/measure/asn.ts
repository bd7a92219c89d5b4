/** Which AS announces an address: a pure look-up in a small, dated table. Facts are annotated with it, the judge never looks up. */
import { addressNumber, protocolOf } from './address.ts';
import { asnTable } from './asn-table.ts';

interface Blocks {
  /** First and last address of every block, ascending; blocks do not overlap. */
  first: bigint[];
  last: bigint[];
  asn: number[];
}

/** Parses prefixes by AS into sorted blocks. The generated table has no overlaps; a test checks it. */
export function readTable(table: Readonly<Record<number, string>>): Record<'ip4' | 'ip6', Blocks> {
  const rows: Record<'ip4' | 'ip6', { first: bigint; last: bigint; asn: number }[]> = { ip4: [], ip6: [] };
  for (const [asn, prefixes] of Object.entries(table)) {
    for (const prefix of prefixes.trim().split(/\s+/)) {
      const [base = '', length = ''] = prefix.split('/');
      const protocol = protocolOf(base);
      if (!protocol) continue;
      const size = 1n << BigInt((protocol === 'ip4' ? 32 : 128) - Number(length));
      const first = addressNumber(base);
      rows[protocol].push({ first, last: first + size - 1n, asn: Number(asn) });
    }
  }
  const columns = (list: { first: bigint; last: bigint; asn: number }[]): Blocks => {
    list.sort((a, b) => (a.first === b.first ? Number(a.last - b.last) : a.first < b.first ? -1 : 1));
    return {
      first: list.map(({ first }) => first),
      last: list.map(({ last }) => last),
      asn: list.map(({ asn }) => asn),
    };
  };
  return { ip4: columns(rows.ip4), ip6: columns(rows.ip6) };
}

let blocks: Record<'ip4' | 'ip6', Blocks> | undefined;

/** The AS number that announces a literal address; undefined when the table does not know it, or `ip` is no address. */
export function asnOf(ip: string): number | undefined {
  const protocol = protocolOf(ip);
  if (!protocol) return undefined;
  blocks ??= readTable(asnTable);
  const { first, last, asn } = blocks[protocol];
  const wanted = addressNumber(ip);
  let low = 0;
  let high = first.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (first[middle]! <= wanted) low = middle + 1;
    else high = middle;
  }
  return low > 0 && last[low - 1]! >= wanted ? asn[low - 1] : undefined;
}
