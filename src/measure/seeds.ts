/**
 * Addresses shipped for the day on which every trusted resolver is cut off and nothing has been validated yet.
 *
 * Well-known front ends of the platforms' own networks as of 2026-11 (X: AS13414; Meta: AS32934; Google: AS15169, whose
 * front ends answer for every name of its own). They age, and that does no harm: an address counts only once it has
 * completed TLS for the name, and a seed that fails says nothing.
 */
const x = ['104.244.42.1', '104.244.42.65', '104.244.42.129', '104.244.42.193'];
const google = ['142.250.185.78', '172.217.18.110', '216.58.206.46', '2a00:1450:4001:82f::200e'];
const seeds: Readonly<Record<string, readonly string[]>> = {
  'x.com': x,
  'twitter.com': x,
  't.co': ['104.244.42.5', '104.244.42.69', '104.244.42.133', '104.244.42.197'],
  'www.facebook.com': ['157.240.0.35', '157.240.1.35', '31.13.71.36', '2a03:2880:f12f:83:face:b00c:0:25de'],
  'static.xx.fbcdn.net': ['157.240.0.13', '31.13.71.7'],
  'www.instagram.com': ['157.240.0.174', '31.13.71.174', '2a03:2880:f22f:e5:face:b00c:0:4420'],
  'static.cdninstagram.com': ['157.240.0.63', '31.13.71.52'],
  'www.youtube.com': google,
  'i.ytimg.com': google,
  'redirector.googlevideo.com': google,
};

/** Shipped addresses of a host, IPv4 and IPv6; empty for hosts that have none. */
export function seedsFor(host: string): readonly string[] {
  return Object.hasOwn(seeds, host) ? seeds[host]! : [];
}
