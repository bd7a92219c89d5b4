/**
 * Writes small MaxMind DB files (File Format Specification 2.0): an IPv6 tree of 24-bit records with IPv4 under ::/96.
 * For tests only; published files are made by others.
 */
type Value = string | number | bigint | Value[] | { [key: string]: Value };

const extended = (type: number, size: number) => Buffer.from([size, type - 7]);
const control = (type: number, size: number) => Buffer.from([(type << 5) | size]);

/** Strings up to 28 bytes, numbers as uint32, bigints as uint64, arrays and maps. */
function encode(value: Value): Buffer {
  if (typeof value === 'string') return Buffer.concat([control(2, value.length), Buffer.from(value)]);
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([control(6, 4), bytes]);
  }
  if (typeof value === 'bigint') {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(value);
    return Buffer.concat([extended(9, 8), bytes]);
  }
  if (Array.isArray(value)) return Buffer.concat([extended(11, value.length), ...value.map(encode)]);
  const entries = Object.entries(value);
  return Buffer.concat([control(7, entries.length), ...entries.flatMap(([key, one]) => [encode(key), encode(one)])]);
}

/** A prefix as bits, most significant first: `203.99.0.0/16`. */
function bitsOf(prefix: string): number[] {
  const [ip = '', length] = prefix.split('/');
  const bits = ip.split('.').flatMap((octet) => [...Number(octet).toString(2).padStart(8, '0')].map(Number));
  return [...new Array<number>(96).fill(0), ...bits.slice(0, Number(length))];
}

export function writeMmdb(networks: Readonly<Record<string, Value>>): Buffer {
  const nodes: [number | string, number | string][] = [['', '']];
  for (const prefix of Object.keys(networks)) {
    const bits = bitsOf(prefix);
    let at = 0;
    for (const [depth, bit] of bits.entries()) {
      if (depth === bits.length - 1) nodes[at]![bit] = prefix;
      else {
        if (typeof nodes[at]![bit] !== 'number') nodes[at]![bit] = nodes.push(['', '']) - 1;
        at = nodes[at]![bit] as number;
      }
    }
  }
  const data: Buffer[] = [];
  const offsets = new Map<string, number>();
  let size = 0;
  for (const [prefix, value] of Object.entries(networks)) {
    offsets.set(prefix, size);
    data.push(encode(value));
    size += data.at(-1)!.length;
  }
  const tree = Buffer.alloc(nodes.length * 6);
  for (const [index, node] of nodes.entries()) {
    for (const side of [0, 1] as const) {
      const record = node[side];
      // An empty record points at the number of nodes; data begins 16 bytes behind the tree.
      const pointer =
        typeof record === 'number' ? record : record === '' ? nodes.length : nodes.length + 16 + offsets.get(record)!;
      tree.writeUIntBE(pointer, index * 6 + side * 3, 3);
    }
  }
  const metadata = encode({
    node_count: nodes.length,
    record_size: 24,
    ip_version: 6,
    database_type: 'Test-ASN',
    languages: ['en'],
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_700_000_000n,
    description: { en: 'test' },
  });
  const marker = Buffer.from('abcdef4d61784d696e642e636f6d', 'hex');
  return Buffer.concat([tree, Buffer.alloc(16), ...data, marker, metadata]);
}
