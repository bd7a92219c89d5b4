/** The inhabitants, as data: the platforms, the controls, resolvers, the country and the provider. */
import { platformStations } from './stations-platforms.ts';
import type { Station } from './world.ts';

export const stations: readonly Station[] = [
  ...platformStations,
  // ---- controls abroad: each on a network of its own
  {
    name: 'wikipedia',
    scope: 'foreign',
    hosts: ['www.wikipedia.org', 'en.wikipedia.org'],
    ip4: ['185.15.59.224'],
    ip6: ['2a02:ec80:300:ed1a::1'],
  },
  {
    name: 'wikimedia',
    scope: 'foreign',
    hosts: ['upload.wikimedia.org'],
    ip4: ['185.15.59.240'],
    ip6: ['2a02:ec80:300:ed1a::2:b'],
  },
  {
    name: 'debian',
    scope: 'foreign',
    hosts: ['www.debian.org', 'debian.org'],
    ip4: ['130.89.148.77'],
    ip6: ['2001:67c:2564:a119::77'],
  },
  {
    name: 'fastly',
    scope: 'foreign',
    hosts: ['deb.debian.org', 'www.fastly.com', 'ftp.debian.org', 'cdn-fastly.deb.debian.org'],
    ip4: ['151.101.2.132'],
    ip6: ['2a04:4e42::644'],
  },
  {
    name: 'jsdelivr',
    scope: 'foreign',
    hosts: ['cdn.jsdelivr.net'],
    ip4: ['151.101.129.229'],
    ip6: ['2a04:4e42:200::485'],
  },
  {
    name: 'kernel',
    scope: 'foreign',
    hosts: ['www.kernel.org', 'cdn.kernel.org', 'mirrors.edge.kernel.org'],
    ip4: ['145.40.73.55'],
    ip6: ['2604:1380:40e1:4800::1'],
  },
  { name: 'iana', scope: 'foreign', hosts: ['www.iana.org'], ip4: ['192.0.33.8'], ip6: ['2620:0:2830:200::b:8'] },
  {
    name: 'apple',
    scope: 'foreign',
    hosts: ['www.apple.com', 'captive.apple.com'],
    ip4: ['17.253.144.10'],
    ip6: ['2620:149:af0::10'],
  },
  {
    name: 'microsoft',
    scope: 'foreign',
    hosts: ['www.microsoft.com', 'www.msftconnecttest.com'],
    ip4: ['23.35.229.160'],
    ip6: ['2a02:26f0:6c00:290::356e'],
  },
  { name: 'ripe', scope: 'foreign', hosts: ['www.ripe.net'], ip4: ['193.0.11.51'], ip6: ['2001:67c:2e8:25::c100:b33'] },
  {
    name: 'cloudflare',
    scope: 'foreign',
    hosts: ['www.cloudflare.com', 'speed.cloudflare.com', 'cp.cloudflare.com'],
    ip4: ['104.16.124.96'],
    ip6: ['2606:4700::6810:7c60'],
  },
  {
    name: 'mozilla',
    scope: 'foreign',
    hosts: ['detectportal.firefox.com', 'www.mozilla.org', 'archive.mozilla.org', 'download-installer.cdn.mozilla.net'],
    ip4: ['34.107.221.82'],
    ip6: ['2600:1901:0:38d7::'],
  },
  { name: 'archive', scope: 'foreign', hosts: ['archive.org', 'www.archive.org'], ip4: ['207.241.224.2'], ip6: [] },
  {
    name: 'ubuntu',
    scope: 'foreign',
    hosts: ['archive.ubuntu.com', 'releases.ubuntu.com', 'connectivity-check.ubuntu.com'],
    ip4: ['185.125.190.36'],
    ip6: ['2620:2d:4000:1::19'],
  },
  {
    name: 'example',
    scope: 'foreign',
    also: ['*.example.org', '*.test'],
    hosts: ['example.org', 'www.example.org', 'example.com', 'www.example.com', 'example.net', 'neverssl.example.net'],
    ip4: ['93.184.215.14'],
    ip6: ['2606:2800:21f:cb07:6820:80da:af6b:8b2c'],
  },
  // A name in another script: пример.a.test
  { name: 'idn', scope: 'foreign', hosts: ['xn--e1afmkfd.a.test'], ip4: ['198.41.0.4'], ip6: [] },
  // A probe on a network without a filter: it says what a `site` rule gives it to say.
  {
    name: 'reference',
    scope: 'foreign',
    hosts: ['reference.example.net'],
    ip4: ['185.70.41.130'],
    ip6: [],
  },
  // A helper of our own on such a network: it answers under every name.
  {
    name: 'beacon',
    scope: 'foreign',
    hosts: ['beacon.example.net'],
    also: ['*'],
    ip4: ['185.70.41.131'],
    ip6: [],
  },
  // ---- resolvers with a web face
  {
    name: 'quad9',
    scope: 'foreign',
    hosts: ['dns.quad9.net', 'quad9.net'],
    ip4: ['9.9.9.9', '149.112.112.112'],
    ip6: ['2620:fe::fe'],
  },
  {
    name: 'cloudflare-dns',
    scope: 'foreign',
    hosts: ['cloudflare-dns.com', 'one.one.one.one'],
    ip4: ['1.1.1.1', '1.0.0.1'],
    ip6: ['2606:4700:4700::1111'],
  },
  {
    name: 'google-dns',
    scope: 'foreign',
    hosts: ['dns.google'],
    ip4: ['8.8.8.8', '8.8.4.4'],
    ip6: ['2001:4860:4860::8888'],
  },
  // ---- the country, and the provider's own machines
  {
    name: 'government',
    scope: 'in_country',
    hosts: ['www.pta.gov.pk', 'www.pakistan.gov.pk', 'www.hec.gov.pk'],
    ip4: ['111.68.96.10'],
    ip6: [],
  },
  {
    name: 'university',
    scope: 'in_country',
    hosts: ['lums.edu.pk', 'www.lums.edu.pk', 'www.nust.edu.pk', 'nust.edu.pk', 'www.pern.edu.pk'],
    ip4: ['111.68.98.20'],
    ip6: ['2400:fc00::20'],
  },
  {
    name: 'shop',
    scope: 'in_country',
    hosts: [
      'www.daraz.com.pk',
      'www.pakwheels.com.pk',
      'ptcl.com.pk',
      'www.pknic.net.pk',
      'pk6.pknic.net.pk',
      'local.example.pk',
    ],
    ip4: ['203.175.72.10'],
    ip6: ['2407:d000::10'],
  },
  { name: 'resolver', scope: 'isp', hosts: ['ns1.isp.test'], ip4: ['203.99.163.240'], ip6: [] },
  { name: 'blockpage', scope: 'isp', hosts: ['block.isp.test'], ip4: ['203.99.160.20'], ip6: [] },
  { name: 'portal', scope: 'isp', hosts: ['login.isp.test'], ip4: ['203.99.160.30'], ip6: [] },
];
