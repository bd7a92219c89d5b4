/** Fleets of probes as Prometheus sees them: what each sends, with the identity that was asserted where it was taken in. */
import type { Series } from './promtool.ts';

/** The company behind each platform. */
export const companies = {
  x: 'x',
  facebook: 'meta',
  instagram: 'meta',
  youtube: 'google',
  whatsapp: 'meta',
  tiktok: 'bytedance',
  telegram: 'telegram',
  signal: 'signal',
} as const satisfies Record<string, string>;
export type Platform = keyof typeof companies;
export const builtIn: readonly Platform[] = ['x', 'facebook', 'instagram', 'youtube'];

/** A run of equal values: `[value, samples]`; `_` stands for no sample. */
export type Run = readonly [value: number | '_', samples: number];

/** Promtool's notation: `1x4` is five samples. */
export const runs = (...list: readonly Run[]): string =>
  list
    .filter(([, samples]) => samples > 0)
    .map(([value, samples]) => (value === '_' ? `_x${samples}` : `${value}x${samples - 1}`))
    .join(' ');

export interface Probe {
  vantage: string;
  country: string;
  asn: string;
  /** Samples in all. */
  samples: number;
  /** Seconds between samples; 60 if not given. */
  step?: number;
  /** Sample from which the probe is silent. */
  silentFrom?: number;
  /** Sample from which the probe is heard again. */
  backAt?: number;
  /** What is bad, from which sample to which. */
  bad?: readonly { platform: Platform; from: number; to: number }[];
  platforms?: readonly Platform[];
  version?: string;
  ready?: boolean;
  /** Values of further series by name and labels, such as `reachd_stopping`. */
  also?: Readonly<Record<string, string>>;
  /** Replaces `1` for healthy controls. */
  controls?: string;
  reported?: { country: string; asn: string };
}

/** Every series of one probe that the rules read. */
export function probe(given: Probe): Series[] {
  const { vantage, country, asn, samples, step = 60, bad = [], platforms = builtIn, version = '0.1.0' } = given;
  const { silentFrom = samples, backAt = samples } = given;
  const heard = (value: number): Run[] => [
    [value, silentFrom],
    ['_', backAt - silentFrom],
    [value, samples - backAt],
  ];
  const labels = (more: string) =>
    `{job="reachd", instance="${vantage}:7322", vantage="${vantage}", country="${country}", asn="${asn}"${more && `, ${more}`}}`;
  const series = (name: string, values: string, more = ''): Series => ({ series: name + labels(more), values });
  const silence = silentFrom < samples;
  // Prometheus marks the series of a target that it cannot scrape as stale at once.
  const stale = (values: string) => (silence ? values.replace(/_x(\d+)/, 'stale _x$1') : values);
  const constant = (value: number) => stale(runs(...heard(value)));
  const { country: saidCountry, asn: saidAsn } = given.reported ?? { country, asn };

  const suspect = (platform: Platform) => {
    const parts = bad.filter((one) => one.platform === platform);
    if (silence || parts.length === 0) return constant(0);
    let at = 0;
    const list: Run[] = [];
    for (const { from, to } of parts) {
      list.push([0, from - at], [1, Math.min(to, samples) - from]);
      at = Math.min(to, samples);
    }
    return runs(...list, [0, samples - at]);
  };

  const clock = silence
    ? `0+${step}x${silentFrom - 1} stale _x${backAt - silentFrom}` +
      (backAt < samples ? ` ${(backAt + 1) * step}+${step}x${samples - backAt - 1}` : '')
    : `0+${step}x${samples - 1}`;
  return [
    ...platforms.flatMap((platform) => {
      const more = `platform="${platform}", company="${companies[platform]}"`;
      return [
        series('reachd_platform_suspect', suspect(platform), more),
        series('reachd_baseline_ready', constant(given.ready === false ? 0 : 1), more),
      ];
    }),
    series('reachd_last_round_timestamp_seconds', clock),
    series('reachd_controls_healthy', given.controls ?? constant(1)),
    series('reachd_build_info', constant(1), `version="${version}", revision="r", node="v26"`),
    series(
      'reachd_vantage_info',
      constant(1),
      `reported_vantage="${vantage}", reported_country="${saidCountry}", reported_asn="${saidAsn}", resolver_scope="isp"`,
    ),
    ...Object.entries(given.also ?? {}).map(([key, values]) => {
      const [name = key, more = ''] = key.split('|');
      return series(name, values, more);
    }),
  ];
}

/** What may be said of all probes of a network at once. */
export type Common = Omit<Probe, 'vantage' | 'country' | 'asn'>;

/** A network: `size` probes of a country in one ASN, each with its own credential. */
export const network = (country: string, asn: string, size: number, common: Common): Series[] =>
  Array.from({ length: size }, (_, index) =>
    probe({ ...common, vantage: `${country}-${asn}-${index}`, country, asn }),
  ).flat();

/** A country with healthy networks, two probes each. */
export const calm = (country: string, asns: readonly string[], samples: number, more: Partial<Common> = {}): Series[] =>
  asns.flatMap((asn) => network(country, asn, 2, { ...more, samples }));

/** Two countries where nothing happens: without them a fleet cannot tell a nation's trouble from everybody's. */
export const elsewhere = (samples: number, more: Partial<Common> = {}): Series[] => [
  ...calm('DE', ['AS3320', 'AS3209'], samples, more),
  ...calm('BR', ['AS28573', 'AS26599'], samples, more),
];

/** Everything of the named platforms is bad during these samples. */
export const badDuring = (from: number, to: number, ...platforms: readonly Platform[]) =>
  platforms.map((platform) => ({ platform, from, to }));
