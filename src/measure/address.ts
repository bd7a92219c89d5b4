/** IP addresses as text: protocol, canonical form, and the network that stands for them in a record. */
import { isIP, SocketAddress } from 'node:net';
import type { IpProtocol } from '../model/vocabulary.ts';

/** The protocol of a literal address; undefined for anything else, scoped addresses (`fe80::1%eth0`) included. */
export function protocolOf(ip: string): IpProtocol | undefined {
  if (ip.includes('%')) return undefined;
  const version = isIP(ip);
  return version === 4 ? 'ip4' : version === 6 ? 'ip6' : undefined;
}

/** The canonical text (RFC 5952) of a literal address, so that two spellings compare equal. */
export function canonical(ip: string): string {
  return protocolOf(ip) === 'ip6' ? new SocketAddress({ address: ip, family: 'ipv6' }).address : ip;
}

/** The eight 16-bit groups of an IPv6 address. */
function groups(ip: string): number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(ip);
  const plain = dotted
    ? `${dotted[1]}${(Number(dotted[2]) * 256 + Number(dotted[3])).toString(16)}:${(Number(dotted[4]) * 256 + Number(dotted[5])).toString(16)}`
    : ip;
  const [head = '', tail] = plain.split('::');
  const part = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const first = part(head);
  const last = tail === undefined ? [] : part(tail);
  return [...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last];
}

/** The address as an integer of 32 or 128 bits, for table look-ups. */
export function addressNumber(ip: string): bigint {
  if (protocolOf(ip) === 'ip4') return ip.split('.').reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
  return groups(canonical(ip)).reduce((sum, group) => sum * 65536n + BigInt(group), 0n);
}

/** The /24 or /48 around an address: coarse enough to publish, fine enough to tell networks apart. */
export function networkOf(ip: string): string {
  if (protocolOf(ip) === 'ip4') return `${ip.split('.').slice(0, 3).join('.')}.0/24`;
  const [a = 0, b = 0, c = 0] = groups(canonical(ip));
  return `${canonical(`${a.toString(16)}:${b.toString(16)}:${c.toString(16)}::`)}/48`;
}
