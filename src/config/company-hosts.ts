/**
 * Domains that belong to the companies behind the platforms. A control on one of them would fail together with the
 * platform that it is meant to be compared with (measurement: "never a platform's company").
 *
 * The companies' well-known domains, by hand and not exhaustive: hosts of the configured targets and siblings are
 * added by the rule that uses this table.
 */
export const companyHosts: Readonly<Record<string, readonly string[]>> = {
  x: ['x.com', 'twitter.com', 't.co', 'twimg.com', 'periscope.tv', 'pscp.tv'],
  meta: [
    'facebook.com',
    'facebook.net',
    'fb.com',
    'fb.me',
    'fbcdn.net',
    'fbsbx.com',
    'instagram.com',
    'cdninstagram.com',
    'messenger.com',
    'meta.com',
    'threads.com',
    'threads.net',
    'whatsapp.com',
    'whatsapp.net',
    'wa.me',
  ],
  google: [
    'google.com',
    'googleapis.com',
    'googleusercontent.com',
    'googlevideo.com',
    'gstatic.com',
    'ggpht.com',
    'gvt1.com',
    'gvt2.com',
    'youtu.be',
    'youtube.com',
    'youtube-nocookie.com',
    'ytimg.com',
    'blogger.com',
    'blogspot.com',
    'dns.google',
  ],
  bytedance: ['tiktok.com', 'tiktokcdn.com', 'tiktokv.com', 'ttwstatic.com', 'byteoversea.com', 'ibytedtos.com'],
  telegram: ['telegram.org', 'telegram.me', 't.me', 'telegra.ph', 'telegram-cdn.org'],
  signal: ['signal.org', 'signal.me', 'whispersystems.org'],
};

/** True when `host` is `domain` or a name below it. */
export function isWithin(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}
