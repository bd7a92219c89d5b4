/** Addresses that no public host can have. A bogon in an answer is a hint, not a verdict: some sites publish them. */
import { BlockList } from 'node:net';
import { protocolOf } from './address.ts';

/** IANA special-purpose registries (RFC 6890 and its updates), plus multicast and the reserved end of IPv4. */
const bogons4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8], // this network, RFC 791
  ['10.0.0.0', 8], // private, RFC 1918
  ['100.64.0.0', 10], // shared between provider and customer, RFC 6598
  ['127.0.0.0', 8], // loopback, RFC 1122
  ['169.254.0.0', 16], // link-local, RFC 3927
  ['172.16.0.0', 12], // private, RFC 1918
  ['192.0.0.0', 24], // IETF protocol assignments, RFC 6890
  ['192.0.2.0', 24], // documentation, RFC 5737
  ['192.168.0.0', 16], // private, RFC 1918
  ['198.18.0.0', 15], // benchmarking, RFC 2544
  ['198.51.100.0', 24], // documentation, RFC 5737
  ['203.0.113.0', 24], // documentation, RFC 5737
  ['224.0.0.0', 4], // multicast, RFC 5771
  ['240.0.0.0', 4], // reserved, RFC 1112, and broadcast
];

const bogons6: readonly (readonly [string, number])[] = [
  ['::', 96], // unspecified, loopback, IPv4-compatible, RFC 4291
  ['::ffff:0:0', 96], // IPv4-mapped, RFC 4291
  ['100::', 64], // discard, RFC 6666
  ['2001::', 32], // Teredo, RFC 4380: injectors answer with it
  ['2001:2::', 48], // benchmarking, RFC 5180
  ['2001:db8::', 32], // documentation, RFC 3849
  ['3fff::', 20], // documentation, RFC 9637
  ['fc00::', 7], // unique local, RFC 4193
  ['fe80::', 10], // link-local, RFC 4291
  ['ff00::', 8], // multicast, RFC 4291
];

/** Addresses that lead to ourselves: Linux takes the unspecified address for loopback. */
const ourselves: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['::', 127, 'ipv6'],
];

// One list a family: a list that holds ::ffff:0:0/96 would match every IPv4 address.
const bogonLists = { ipv4: new BlockList(), ipv6: new BlockList() };
for (const [network, bits] of bogons4) bogonLists.ipv4.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of bogons6) bogonLists.ipv6.addSubnet(network, bits, 'ipv6');
const selfList = new BlockList();
for (const [network, bits, family] of ourselves) selfList.addSubnet(network, bits, family);

const familyOf = (ip: string) => (protocolOf(ip) === 'ip6' ? 'ipv6' : 'ipv4');

/** Whether no public host can have this address. */
export function isBogon(ip: string): boolean {
  const family = familyOf(ip);
  return bogonLists[family].check(ip, family);
}

/**
 * Whether dialling this address would reach the machine that we run on. Other bogons are dialled, because block pages
 * live there; these are not, because a forged answer must not make us talk to the operator's own services.
 */
export function leadsHome(ip: string): boolean {
  // BlockList compares IPv4-mapped addresses with the IPv4 rules by itself.
  return selfList.check(ip, familyOf(ip));
}
