/** Censors of addresses, of the name in the ClientHello and of cleartext requests. */
import {
  addressesOf,
  type Censor,
  forAddresses,
  helloBytes,
  helloWith,
  type Interference,
  markHellos,
  marks,
  namesOf,
  reject,
  requestFor,
  resolverLies,
  type Scene,
} from '../interference.ts';
import { places } from '../world.ts';

const ipDrop = (scene: Scene): Interference => ({ rules: forAddresses(scene, 'filter', (ip) => `-d ${ip} -j DROP`) });

const sniReset = (scene: Scene): Interference => ({
  rules: namesOf(scene).map((name) => ({ at: 'filter', rule: `${helloWith(name)} -j REJECT --reject-with tcp-reset` })),
});

const mitm = (scene: Scene): Interference => ({
  rules: addressesOf(scene).map(({ ip, family }) => ({
    at: 'nat',
    family,
    rule: `-d ${ip} -p tcp --dport 443 -j DNAT --to-destination ${places.services.evil[family]}`,
  })),
});

export const path = {
  // ---- addresses
  'ip-drop': {
    why: "all packets to the platform's addresses dropped",
    play: ipDrop,
  },
  'all-four-blackholed': {
    why: 'the same for X, Facebook, Instagram and YouTube at once',
    play: ({ world }) => ipDrop({ world, platforms: ['x', 'facebook', 'instagram', 'youtube'] }),
  },
  'ip-reset': {
    why: 'SYN answered with RST',
    play: (scene) => ({
      rules: forAddresses(scene, 'filter', (ip) => `-d ${ip} -p tcp --syn -j REJECT --reject-with tcp-reset`),
    }),
  },
  'ip-reset-midway': {
    why: 'the connection is accepted, any ClientHello is reset at once by something near',
    play: (scene) => ({
      rules: forAddresses(
        scene,
        'filter',
        (ip) =>
          `-d ${ip} -i lan -p tcp --dport 443 -m string --algo bm --hex-string "|1603|" -j REJECT --reject-with tcp-reset`,
      ),
    }),
  },
  'ip-prohibited': {
    why: 'ICMP administratively prohibited',
    play: (scene) => ({
      rules: addressesOf(scene).map(({ ip, family }) => ({
        at: 'filter',
        family,
        rule: `-d ${ip} -j ${reject('prohibited', family)}`,
      })),
    }),
  },
  'ip6-only': {
    why: "the platform's IPv6 addresses dropped, IPv4 forgotten by nobody",
    play: (scene) => ({
      rules: forAddresses(scene, 'filter', (ip) => `-d ${ip} -j DROP`).filter(({ family }) => family === 'ip6'),
    }),
  },
  'quic-drop': {
    why: 'udp/443 dropped (Russia since March 2022)',
    play: () => ({ rules: [{ at: 'filter', rule: '-p udp --dport 443 -j DROP' }] }),
  },
  'quic-refused': {
    why: 'udp/443 answered with ICMP port unreachable',
    play: () => ({
      rules: [
        { at: 'filter', family: 'ip4', rule: '-p udp --dport 443 -j REJECT --reject-with icmp-port-unreachable' },
        { at: 'filter', family: 'ip6', rule: '-p udp --dport 443 -j REJECT --reject-with icmp6-port-unreachable' },
      ],
    }),
  },

  // ---- the name in the ClientHello
  'sni-reset': {
    why: 'RST on the ClientHello that carries the name (Turkmenistan, Iran, Russia)',
    play: sniReset,
  },
  'sni-drop': {
    why: 'nothing passes after the ClientHello that carries the name (Uganda, Russia)',
    play: (scene) => ({
      rules: [...markHellos(scene, marks.named), { at: 'filter', rule: `-m connmark --mark ${marks.named} -j DROP` }],
    }),
  },
  'sni-eof': {
    why: 'a forged FIN on the ClientHello that carries the name; the connection is dead to the server',
    play: (scene) => ({
      forge: namesOf(scene).map((name) => ['fin', 'lan', '443', helloBytes(name)]),
      rules: [...markHellos(scene, marks.named), { at: 'filter', rule: `-m connmark --mark ${marks.named} -j DROP` }],
    }),
  },
  'dns-plus-sni': {
    why: 'the answer is spoofed, and who finds the right address is reset',
    play: (scene) => ({
      ...resolverLies(scene, 'redirect', ['A 31.13.94.41']),
      rules: sniReset(scene).rules ?? [],
    }),
  },
  'mitm-sni': {
    why: 'connections with the name get a foreign chain (Kazakhstan 2019–20), other names at the address the real one',
    play: (scene) => ({
      proxy: {
        port: 443,
        ips: addressesOf(scene).map(({ ip }) => ip),
        names: namesOf(scene),
        to: places.services.evil.ip4,
      },
    }),
  },
  'mitm-dnat': {
    why: 'the address leads to an impostor, whatever the name',
    play: mitm,
  },
  'mitm-two-companies': {
    why: 'the same for X and YouTube, with the same issuer',
    play: ({ world }) => mitm({ world, platforms: ['x', 'youtube'] }),
  },
  'large-hello-only': {
    why: 'middleboxes that cannot put a ClientHello of two segments together and drop it',
    // A full-size segment that begins with a handshake record of TLS 1.0 framing: only a long ClientHello starts so.
    play: () => ({
      rules: [
        {
          at: 'filter',
          rule: '-i lan -p tcp --dport 443 -m length --length 1280: -m string --algo bm --from 40 --to 100 --hex-string "|160301|" -j DROP',
        },
      ],
    }),
  },

  'http-silence': {
    why: 'the handshake passes, what the client says afterwards does not',
    // TLS 1.3: the client has what it needs once the server's first flight is through (RFC 8446 section 2)
    play: (scene) => ({
      rules: [
        ...markHellos(scene, marks.named),
        {
          at: 'filter',
          rule: `-i lan -m connmark --mark ${marks.named} -m connbytes --connbytes 1500: --connbytes-dir reply --connbytes-mode bytes -j DROP`,
        },
      ],
    }),
  },

  // ---- cleartext
  'http-host-reset': {
    why: 'RST when the Host header is seen on port 80',
    play: (scene) => ({
      rules: namesOf(scene).map((name) => ({
        at: 'filter',
        rule: `${requestFor(name)} -j REJECT --reject-with tcp-reset`,
      })),
    }),
  },
  'http-blockpage': {
    why: 'a block page is answered to the Host header on port 80',
    play: (scene) => ({
      proxy: {
        port: 80,
        ips: addressesOf(scene).map(({ ip }) => ip),
        names: namesOf(scene),
        to: places.services.block.ip4,
      },
    }),
  },
} satisfies Record<string, Censor>;
