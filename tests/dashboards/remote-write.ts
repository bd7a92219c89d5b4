/** Prometheus remote write 1.0 as far as a test needs it: https://prometheus.io/docs/specs/prw/remote_write_spec/ */

export interface Sample {
  /** With `__name__`. */
  labels: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch, ascending, and values. */
  values: readonly (readonly [at_ms: number, value: number])[];
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return bytes;
}

/** A field of protobuf with a length: a message or a text. */
function field(number: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...varint(content.length)]), content]);
}

function sample(at_ms: number, value: number): Buffer {
  const double = Buffer.alloc(8);
  double.writeDoubleLE(value);
  return field(2, Buffer.concat([Buffer.from([0x09]), double, Buffer.from([0x10, ...varint(at_ms)])]));
}

/** A block of Snappy with nothing but literals: valid, and not compressed (format_description.txt of google/snappy). */
function snappy(content: Buffer): Buffer {
  const parts: Buffer[] = [Buffer.from(varint(content.length))];
  for (let at = 0; at < content.length; at += 65_536) {
    const literal = content.subarray(at, at + 65_536);
    const length = literal.length - 1;
    parts.push(Buffer.from([61 << 2, length & 255, length >> 8]), literal);
  }
  return Buffer.concat(parts);
}

/** The body of one request. Labels are sorted, as the receiver demands. */
export function writeRequest(series: readonly Sample[]): Buffer<ArrayBuffer> {
  const messages = series.map(({ labels, values }) =>
    field(
      1,
      Buffer.concat([
        ...Object.keys(labels)
          .sort()
          .map((name) => field(1, Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(labels[name]!))]))),
        ...values.map(([at, value]) => sample(at, value)),
      ]),
    ),
  );
  return Buffer.from(snappy(Buffer.concat(messages)));
}
