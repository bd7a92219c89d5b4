/** The names by which censors are aimed. */

/** Every name that a filter against X would list. */
export const xNames: readonly string[] = ['x.com', '*.x.com', 'twitter.com', '*.twitter.com', 't.co', '*.twimg.com'];
export const facebookNames: readonly string[] = ['facebook.com', '*.facebook.com', '*.fbcdn.net'];
export const instagramNames: readonly string[] = ['instagram.com', '*.instagram.com', '*.cdninstagram.com'];
export const youtubeNames: readonly string[] = ['youtube.com', '*.youtube.com', '*.ytimg.com', '*.googlevideo.com'];

export const allFour: readonly string[] = [...xNames, ...facebookNames, ...instagramNames, ...youtubeNames];
export const fourPlatforms: readonly string[] = ['x', 'facebook', 'instagram', 'youtube'];

/** Resolvers that we trust, over HTTPS. */
export const trustedAddresses: readonly string[] = [
  '9.9.9.9',
  '149.112.112.112',
  '1.1.1.1',
  '1.0.0.1',
  '8.8.8.8',
  '8.8.4.4',
];

/** The provider's page that says "Surf Safely!", and what Iran's resolvers answer in its stead (Aryan et al., FOCI 2013). */
export const blockpageAddress = '203.99.160.20';
export const bogonAddress = '10.10.34.35';

/** Names of the controls, and of the networks that they might be replaced with. */
export const controlNames: readonly string[] = [
  '*.wikipedia.org',
  '*.wikimedia.org',
  '*.debian.org',
  '*.ripe.net',
  '*.iana.org',
  '*.apple.com',
  '*.cloudflare.com',
  '*.kernel.org',
  '*.msftconnecttest.com',
  '*.gov.pk',
  'nust.edu.pk',
  'ptcl.com.pk',
];
