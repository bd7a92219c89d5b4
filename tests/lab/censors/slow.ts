/** Censors that slow down instead of blocking. */
import { type Censor, forAddresses, type Interference, markHellos, marks, type Scene } from '../interference.ts';
import { domestic } from '../world.ts';

/** Policing (RFC 2698's plain sense): what comes faster than the bucket fills is dropped. Rates in bytes a second. */
const police = (match: string, rate: string, burst: string): Interference['rules'] =>
  (['wan', 'lan'] as const).map((from) => ({
    at: 'filter',
    rule: `-i ${from} -p tcp ${match} -m hashlimit --hashlimit-above ${rate} --hashlimit-burst ${burst} --hashlimit-name p${from} -j DROP`,
  }));

/** Shaping: connections with the mark leave towards the customer through a slow class; the excess waits. */
const shaper = (rate: string): Required<Pick<Interference, 'commands'>> => ({
  commands: {
    on: [
      ['isp', 'tc qdisc add dev lan root handle 1: htb default 10'],
      ['isp', 'tc class add dev lan parent 1: classid 1:10 htb rate 1gbit'],
      ['isp', `tc class add dev lan parent 1: classid 1:20 htb rate ${rate}`],
      // some seconds of queue, as shapers have; the kernel's default would be a minute
      ['isp', 'tc qdisc add dev lan parent 1:20 handle 20: bfifo limit 96kb'],
    ],
    off: [['isp', 'tc qdisc del dev lan root']],
  },
});

const shape = (scene: Scene, rate: string): Interference => ({
  ...shaper(rate),
  rules: [
    ...markHellos(scene, marks.named),
    { at: 'mangle', rule: `-o lan -m connmark --mark ${marks.named} -j CLASSIFY --set-class 1:20` },
  ],
});

export const slow = {
  // ---- slowness
  'sni-police-130k': {
    why: 'Russia and Twitter, March 2021: after the ClientHello 130–150 kbit/s, the excess dropped, burst 16 KB',
    play: (scene) => ({
      rules: [
        ...markHellos(scene, marks.named),
        ...(police(`-m connmark --mark ${marks.named}`, '16kb/s', '16kb') ?? []),
      ],
    }),
  },
  'sni-police-130k-noburst': {
    // By packets: by octets the kernel's limit holds a second's worth at least, which is 16 KB.
    why: 'eleven packets of 1500 octets a second (130 kbit/s) with room for two: handshakes wait as well',
    play: (scene) => ({
      rules: [
        ...markHellos(scene, marks.named),
        ...(police(`-m connmark --mark ${marks.named}`, '11/second', '2') ?? []),
      ],
    }),
  },
  'sni-shape-130k': {
    why: 'the same rate, the excess waits',
    play: (scene) => shape(scene, '130kbit'),
  },
  'ip-police-130k': {
    why: 'by address, whatever the name',
    play: (scene) => ({
      rules: [
        ...forAddresses(scene, 'mangle', (ip) => `-d ${ip} -j CONNMARK --set-mark ${marks.named}`),
        ...(police(`-m connmark --mark ${marks.named}`, '16kb/s', '16kb') ?? []),
      ],
    }),
  },
  'shape-1m': {
    why: '1 Mbit/s by name',
    play: (scene) => shape(scene, '1mbit'),
  },
  'freeze-16k': {
    // 22 KB on the wire: handshake and packet headers come before and beside the content
    why: 'Russia 2025: the connection goes silent after 16 KB downstream',
    play: (scene) => ({
      rules: [
        ...markHellos(scene, marks.named),
        {
          at: 'filter',
          rule: `-i wan -m connmark --mark ${marks.named} -m connbytes --connbytes 22528: --connbytes-dir reply --connbytes-mode bytes -j DROP`,
        },
      ],
    }),
  },
  'slow-handshake': {
    why: 'Türkiye: the handshake with the name takes 8 s, the connect and what follows do not',
    play: (scene) => ({
      slow_rtt_ms: 8000,
      rules: [
        ...markHellos(scene, marks.slow),
        // what comes after the server's first flight travels at normal speed
        {
          at: 'mangle',
          rule: `-i wan -m connmark --mark ${marks.slow} -m connbytes --connbytes 1500: --connbytes-dir reply --connbytes-mode bytes -j CONNMARK --set-mark 0`,
        },
      ],
    }),
  },
  'delay-300ms-loss-10': {
    why: '+300 ms and 10 % loss on connections with the name',
    play: (scene) => ({
      slow_rtt_ms: 380,
      rules: [
        ...markHellos(scene, marks.slow),
        { at: 'filter', rule: `-m connmark --mark ${marks.slow} -m statistic --mode random --probability 0.1 -j DROP` },
      ],
    }),
  },

  // ---- nobody's intent
  'cable-cut': {
    why: 'Pakistan 2025: every way abroad six times as long, 2 % lost; the country’s own networks as always',
    play: () => ({
      slow_rtt_ms: 240,
      rules: [
        ...(['ip4', 'ip6'] as const).map((family) => ({
          at: 'mangle' as const,
          family,
          rule: `-i lan ! -d ${domestic[family]} -j CONNMARK --set-mark ${marks.slow}`,
        })),
        {
          at: 'filter',
          rule: `-m connmark --mark ${marks.slow} -m statistic --mode random --probability 0.02 -j DROP`,
        },
      ],
    }),
  },
  'peering-congestion': {
    why: 'one company’s paths three times as long in the evening, one packet in a hundred lost',
    play: (scene) => ({
      slow_rtt_ms: 120,
      rules: [
        ...forAddresses(scene, 'mangle', (ip) => `-d ${ip} -j CONNMARK --set-mark ${marks.slow}`),
        {
          at: 'filter',
          rule: `-m connmark --mark ${marks.slow} -m statistic --mode random --probability 0.01 -j DROP`,
        },
      ],
    }),
  },
} satisfies Record<string, Censor>;
