/** What the servers say: a page, a small file or a large object for each path, as the real hosts have them. */
import type { Impostor, SiteAction } from './censor.ts';

export interface Reply {
  status: number;
  headers: Record<string, string>;
  /** A text, or so many bytes. */
  body: string | number;
}

/** Paths ending so are objects large enough to measure goodput with. */
const largeObject = /\.(js|css|woff2?|jpe?g|png|webp|mp4|svg|bin|iso|gz|xz|deb|zip|tar|wasm)$/;
/** Larger than the largest transfer that the configuration allows for. */
const objectBytes = 2 * 2 ** 20;
/** Real front pages of these sites have 50–300 KB. */
const pageBytes = 96 * 2 ** 10;
const iconBytes = 4286;

const html = { 'content-type': 'text/html; charset=utf-8' };
const text = { 'content-type': 'text/plain; charset=utf-8' };

export function page(title: string, words: string, bytes = 0): string {
  const start = `<!doctype html><html lang="en"><head><title>${title}</title></head><body><h1>${title}</h1><p>${words}</p>`;
  const end = '</body></html>\n';
  return (
    start +
    `<!-- ${'-'.repeat(76)} -->\n`.repeat(Math.max(0, Math.ceil((bytes - start.length - end.length) / 86))) +
    end
  );
}

/** Small files that connectivity checks ask for, word for word, because captive portals are told by their absence. */
const wellKnown: Readonly<Record<string, Reply>> = {
  '/generate_204': { status: 204, headers: {}, body: '' },
  '/gen_204': { status: 204, headers: {}, body: '' },
  '/success.txt': { status: 200, headers: text, body: 'success\n' },
  '/canonical.html': {
    status: 200,
    headers: html,
    body: '<meta http-equiv="refresh" content="0;url=https://support.mozilla.org/kb/captive-portal"/>',
  },
  '/library/test/success.html': {
    status: 200,
    headers: html,
    body: '<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>',
  },
  '/hotspot-detect.html': {
    status: 200,
    headers: html,
    body: '<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>',
  },
  '/connecttest.txt': { status: 200, headers: text, body: 'Microsoft Connect Test' },
  '/ncsi.txt': { status: 200, headers: text, body: 'Microsoft NCSI' },
  '/robots.txt': {
    status: 200,
    headers: text,
    body: 'User-agent: *\nDisallow: /search\nDisallow: /i/\nCrawl-delay: 1\n',
  },
  '/favicon.ico': { status: 200, headers: { 'content-type': 'image/x-icon' }, body: iconBytes },
};

/** The front pages name the objects that their content networks serve. */
const links: Readonly<Record<string, string>> = {
  'x.com': '<script src="https://abs.twimg.com/responsive-web/client-web/main.3f1c9ab7.js"></script>',
  'www.facebook.com': '<link rel="stylesheet" href="https://static.xx.fbcdn.net/rsrc.php/v3/yK/l/0,cross/m6Oq8.css">',
  'www.instagram.com': '<script src="https://static.cdninstagram.com/rsrc.php/v3/y9/r/Tq0lH2.js"></script>',
};

/** The client's and the cache's names, as Google's mapping service reports them. */
const mapping = '203.99.165.77 => rr1---sn-2uja-aixe (203.99.164.0/24)\n';

function trace(host: string): string {
  return `fl=1f1\nh=${host}\nip=203.99.165.77\nvisit_scheme=https\nuag=\ncolo=KHI\nsliver=none\nhttp=http/2\nloc=PK\ntls=TLSv1.3\nsni=plaintext\nwarp=off\n`;
}

/**
 * The reply of a healthy site. Cleartext pages lead to https as everywhere today; small files and connectivity checks
 * are answered in clear text too.
 */
export function healthy(host: string, path: string, secure: boolean): Reply {
  const [name = '/'] = path.split('?');
  const known = wellKnown[name];
  if (known !== undefined) return known;
  const sized = /^\/(?:bytes\/)?(\d{1,9})$/.exec(name)?.[1];
  if (sized !== undefined)
    return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: Number(sized) };
  if (largeObject.test(name))
    return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: objectBytes };
  if (name === '/report_mapping') return { status: 200, headers: text, body: mapping };
  if (name === '/cdn-cgi/trace') return { status: 200, headers: text, body: trace(host) };
  if (!secure && !host.includes('example'))
    return { status: 301, headers: { location: `https://${host}${path}` }, body: '' };
  return { status: 200, headers: html, body: page(host, links[host] ?? 'Everything is as usual.', pageBytes) };
}

/** What a `site` rule makes of a request. `undefined`: the rule has nothing to say about it. */
export function decreed(action: SiteAction, host: string, path: string, secure: boolean): Reply | undefined {
  const scheme = secure ? 'https' : 'http';
  switch (action.kind) {
    case 'status':
      return {
        status: action.status,
        headers: { ...html, ...action.headers },
        body: page(action.title ?? String(action.status), 'The server itself says no.'),
      };
    case 'location':
      return { status: 302, headers: { location: action.location }, body: '' };
    case 'document':
      return { status: 200, headers: { 'content-type': action.type }, body: action.body };
    case 'body':
      return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: action.bytes };
    case 'redirects': {
      const hop = Number(/[?&]hop=(\d{1,3})/.exec(path)?.[1] ?? 0);
      if (hop >= action.count) return undefined;
      const next = action.hosts[(hop + 1) % action.hosts.length] ?? host;
      return { status: 302, headers: { location: `${scheme}://${next}/?hop=${hop + 1}` }, body: '' };
    }
    case 'certificate':
      return undefined;
  }
}

/** What the provider's own machines say, whatever was asked for. */
export function impostor(which: Exclude<Impostor, 'evil'>, host: string, secure: boolean): Reply {
  if (which === 'redirector') return { status: 302, headers: { location: 'http://block.isp.test/' }, body: '' };
  if (which === 'blockpage') {
    const words =
      'The site you are trying to access contains content that is prohibited for viewership from within Pakistan.';
    return { status: 200, headers: html, body: page('Surf Safely!', words) };
  }
  if (host === 'login.isp.test' || secure)
    return { status: 200, headers: html, body: page('Log in to the hotspot', 'Voucher code:') };
  return { status: 302, headers: { location: 'http://login.isp.test/' }, body: '' };
}
