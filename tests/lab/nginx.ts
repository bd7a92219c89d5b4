/** Configurations of the two nginx: the Internet's servers, and what an ISP or a filter puts in their place. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { pki } from './certificate.ts';
import { finish, type Server, serve } from './child.ts';
import { inRoom } from './namespaces.ts';
import { type Host, hops, places, reference, samples, type World } from './world.ts';

/** The authority that signs the lab's servers: hand it to clients as an extra trust anchor. */
export const rootFile = pki('root.pem');

/**
 * Ports of `inet` on which the same servers misbehave for every name. A censor sends a platform's port 443 there:
 * it is the server that changes its mind, so the address and the path stay the same.
 */
export const moods = {
  wall_429: 8429,
  challenge_403: 8403,
  legal_451: 8451,
  expired: 8444,
  unknown_ca: 8445,
  wrong_name: 8446,
} as const;

const head = (directory: string, name: string) => `
user root;
worker_processes 1;
daemon off;
pid ${directory}/${name}.pid;
error_log stderr warn;
events { worker_connections 2048; }
http {
  access_log off;
  default_type text/html;
  server_tokens off;
  server_names_hash_bucket_size 128;
  variables_hash_max_size 2048;
  tcp_nodelay on;
  keepalive_timeout 20s;
  ssl_protocols TLSv1.2 TLSv1.3;
  # 16k records cost a second round trip before the first byte can be decrypted
  ssl_buffer_size 4k;
  ssl_session_cache off;
  ssl_session_tickets off;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
`;

const certificate = (chain: string, key: string) => `ssl_certificate ${chain}; ssl_certificate_key ${key};`;
const own = (directory: string) => certificate(`${directory}/leaf.pem`, `${directory}/leaf.key`);
const literal = (ip: string) => (ip.includes(':') ? `[${ip}]` : ip);
const listen = (ips: readonly string[], port: number, rest = '') =>
  ips.map((ip) => `listen ${literal(ip)}:${port}${rest};`).join(' ');
const addresses = ({ ip4, ip6 }: Host) => [...ip4, ...ip6];

/** Well-known answers by path; everything else is a file of the wanted number of bytes. */
const texts: readonly [RegExp, string][] = [
  [/\/generate_204$/, 'return 204;'],
  [/\/connecttest\.txt$/, 'default_type text/plain; return 200 "Microsoft Connect Test";'],
  // Cloudflare says the client's country here
  [/\/cdn-cgi\/trace$/, 'default_type text/plain; return 200 "ip=$remote_addr\\nloc=PK\\n";'],
  // Google names the client's address and the cache that its network is sent to
  [
    /\/report_mapping$/,
    `default_type text/plain; return 200 "$remote_addr => ${places.cache} : router: pr01.khi01\\n";`,
  ],
];

function location(directory: string, { name, objects, links }: Host, path: string): string {
  const text = texts.find(([pattern]) => pattern.test(path))?.[1];
  if (text) return `location = ${path} { ${text} }`;
  // alias with a path that ends in a slash would look for an index file instead
  const file = path === '/' && links.length > 0 ? `page-${name}` : `object-${objects.get(path)}`;
  const type = path === '/' ? 'text/html' : 'application/octet-stream';
  return `location = "${path}" { default_type ${type}; root ${directory}; try_files /${file} =500; }`;
}

/** What hosts of a special kind do instead of handing out objects. */
const special: Readonly<Record<string, string>> = {
  // redirects from one host to another and back, `/hop/0` answers; a redirect that leads nowhere; one that leads to x.com
  [hops]: [
    'location = /hop/0 { return 200 "arrived\\n"; }',
    ...Array.from({ length: 20 }, (_, n) => `location = /hop/${n + 1} { return 302 https://${hops}/hop/${n}; }`),
    'location = /broken { return 302 https://; }',
    'location = /to-x { return 302 https://x.com/robots.txt; }',
  ].join('\n    '),
  // the reference probe listens on the Internet's own loopback
  [reference]: 'location / { proxy_pass http://127.0.0.1:7322; proxy_set_header Host 127.0.0.1; }',
};

function serversOf(host: Host, directory: string): string {
  const locations =
    special[host.name] ?? [...host.objects.keys()].map((path) => location(directory, host, path)).join('\n    ');
  const cleartext = host.control !== undefined || host.platform === undefined || host.name.startsWith('clear.');
  return `
  server {
    ${listen(addresses(host), 443, ' ssl http2')}
    server_name ${host.name};
    ${own(directory)}
    ${locations}
  }
  server {
    ${listen(addresses(host), 443, ' ssl http2 default_server')}
    server_name _;
    ssl_reject_handshake on; # a foreign name gets the alert unrecognized_name, as from a real CDN
  }
  server {
    ${listen(addresses(host), 80)}
    server_name ${host.name};
    ${cleartext ? locations : `return 301 https://$host$request_uri;`}
  }
  server {
    ${listen(addresses(host), 80, ' default_server')}
    server_name _;
    return 404 "no such site here\\n";
  }`;
}

const mood = (port: number, credentials: string, answer: string) => `
  server {
    listen *:${port} ssl http2; listen [::]:${port} ssl http2;
    ${credentials}
    ${answer}
  }`;

/** Servers of every host of the world, in `inet`. */
export function internetConfig(world: World, directory: string): string {
  const page = `location / { default_type text/html; root ${directory}; try_files /object-${samples['/sample/64k']} =500; }`;
  return `${head(directory, 'inet')}
  # Debian's default of 512 names and 2048 hash entries is too small for some hundred listening addresses
  server_names_hash_max_size 4096;
  ${world.hosts.map((host) => serversOf(host, directory)).join('\n')}
  ${mood(moods.wall_429, own(directory), 'add_header Retry-After 60 always; return 429 "slow down\\n";')}
  ${mood(moods.challenge_403, own(directory), 'return 403 "<title>Just a moment...</title>";')}
  ${mood(moods.legal_451, own(directory), 'return 451 "<title>Unavailable For Legal Reasons</title>";')}
  ${mood(moods.expired, certificate(pki('expired.pem'), pki('leaf.key')), page)}
  ${mood(moods.unknown_ca, certificate(pki('evil.pem'), pki('evil.key')), page)}
  ${mood(moods.wrong_name, certificate(pki('wrong-name.pem'), pki('leaf.key')), page)}
}
`;
}

/** The block page, the hotel's login page, the impostor, and an honest embedded cache, in `isp`. */
export function filterConfig(directory: string): string {
  const both = ({ ip4, ip6 }: { ip4: string; ip6: string }) => [ip4, ip6];
  const { block, portal, evil, cache } = places.services;
  const notice =
    'return 200 "<html><head><title>Surf Safely!</title></head><body>This site is not accessible. The site you are trying to access contains content that is prohibited for viewership from within Pakistan.</body></html>";';
  return `${head(directory, 'isp')}
  server { ${listen(both(block), 80)} ${notice} }
  server { ${listen(both(block), 443, ' ssl http2')} ${certificate(pki('block.pem'), pki('block.key'))} ${notice} }
  server { ${listen(both(portal), 80)} server_name login.isp.test; return 200 "<title>Please log in</title>"; }
  server { ${listen(both(portal), 80, ' default_server')} server_name _; return 302 http://login.isp.test/welcome; }
  server { ${listen(both(portal), 443, ' ssl http2')} ${certificate(pki('block.pem'), pki('block.key'))} return 302 http://login.isp.test/welcome; }
  server { ${listen(both(cache), 443, ' ssl http2')} ${own(directory)} return 200 "cached\\n"; }
  server { ${listen(both(evil), 80)} return 200 "<title>ok</title>"; }
  server { ${listen(both(evil), 443, ' ssl http2')} ${certificate(pki('evil.pem'), pki('evil.key'))} return 200 "<title>ok</title>"; }
}
`;
}

/** Writes the objects that the servers hand out: incompressible, so that bytes on the wire are the bytes asked for. */
export function writeObjects(world: World, directory: string): void {
  const wanted = new Set([...Object.values(samples), ...world.hosts.flatMap(({ objects }) => [...objects.values()])]);
  for (const bytes of wanted) writeFileSync(`${directory}/object-${bytes}`, randomBytes(bytes));
  for (const { name, links } of world.hosts.filter((host) => host.links.length > 0)) {
    const scripts = links.map((url) => `<script src="${url}"></script>`).join('');
    const text = randomBytes(40_000).toString('base64');
    writeFileSync(`${directory}/page-${name}`, `<!doctype html><title>${name}</title>${scripts}<p>${text}`);
  }
}

/** Starts an nginx in a room; resolves when it listens. */
export async function startNginx(
  lab: string,
  room: 'inet' | 'isp',
  directory: string,
  config: string,
  probe: string,
): Promise<Server> {
  const file = `${directory}/nginx-${room}.conf`;
  writeFileSync(file, config);
  const checked = await finish(inRoom(lab, room, ['nginx', '-t', '-q', '-e', 'stderr', '-c', file]));
  if (checked.code !== 0) throw new Error(`nginx refuses its configuration: ${checked.stderr}`);
  const server = serve(inRoom(lab, room, ['nginx', '-e', 'stderr', '-c', file]));
  await until(
    async () =>
      (await finish(inRoom(lab, room, ['curl', '-s', '-m', '1', '-o', '/dev/null', `http://${probe}/`]))).code === 0,
    server,
    'nginx',
  );
  return server;
}

/** Waits until `ready` holds, at most 10 s: a server that does not come up is an error with its log. */
export async function until(ready: () => Promise<boolean>, server: Server, what: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await ready()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what} did not come up: ${server.log()}`);
}
