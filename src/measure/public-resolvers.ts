/** Resolvers that anybody may use: to be configured with one names nobody. From the operators' own pages. */
import { canonical } from './address.ts';

const addresses: ReadonlySet<string> = new Set([
  // Google Public DNS
  '8.8.8.8',
  '8.8.4.4',
  '2001:4860:4860::8888',
  '2001:4860:4860::8844',
  // Cloudflare 1.1.1.1, with its filtered variants
  '1.1.1.1',
  '1.0.0.1',
  '1.1.1.2',
  '1.0.0.2',
  '1.1.1.3',
  '1.0.0.3',
  '2606:4700:4700::1111',
  '2606:4700:4700::1001',
  // Quad9
  '9.9.9.9',
  '149.112.112.112',
  '9.9.9.10',
  '149.112.112.10',
  '9.9.9.11',
  '149.112.112.11',
  '2620:fe::fe',
  '2620:fe::9',
  // Cisco OpenDNS
  '208.67.222.222',
  '208.67.220.220',
  '208.67.222.123',
  '208.67.220.123',
  '2620:119:35::35',
  '2620:119:53::53',
  // AdGuard DNS
  '94.140.14.14',
  '94.140.15.15',
  '94.140.14.140',
  '94.140.14.141',
  '2a10:50c0::ad1:ff',
  '2a10:50c0::ad2:ff',
  // Yandex DNS
  '77.88.8.8',
  '77.88.8.1',
  // Level 3, Verisign and Hurricane Electric
  '4.2.2.1',
  '4.2.2.2',
  '64.6.64.6',
  '64.6.65.6',
  '74.82.42.42',
]);

export function isPublicResolver(ip: string): boolean {
  return addresses.has(canonical(ip));
}
