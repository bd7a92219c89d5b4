/**
 * Datagrams between seam and worker travel in an envelope that names the public address they are meant for or come
 * from: one loopback socket stands for every resolver of the practice Internet.
 *
 * Layout: one byte `data` or `error`, one byte length of the address, the address as text, two bytes port, the rest.
 */
export interface Envelope {
  kind: 'data' | 'error';
  ip: string;
  port: number;
  /** The datagram, or the error's code. */
  data: Buffer;
}

export function seal({ kind, ip, port, data }: { kind: Envelope['kind']; ip: string; port: number; data: Uint8Array }) {
  const address = Buffer.from(ip, 'latin1');
  const head = Buffer.alloc(4 + address.length);
  head[0] = kind === 'data' ? 0 : 1;
  head[1] = address.length;
  address.copy(head, 2);
  head.writeUInt16BE(port, 2 + address.length);
  return Buffer.concat([head, data]);
}

/** Opens an envelope; undefined when it is too short to be one. */
export function unseal(packet: Buffer): Envelope | undefined {
  const length = packet[1];
  if (length === undefined || packet.length < 4 + length) return undefined;
  return {
    kind: packet[0] === 0 ? 'data' : 'error',
    ip: packet.toString('latin1', 2, 2 + length),
    port: packet.readUInt16BE(2 + length),
    data: packet.subarray(4 + length),
  };
}
