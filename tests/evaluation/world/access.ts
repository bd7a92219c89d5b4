/**
 * The access mix: what kinds of lines volunteers sit behind, and how noisy each is.
 *
 * Medians are round figures in the middle of what public measurement platforms report for such lines (M-Lab NDT, RIPE
 * Atlas first-hop times, Ofcom and FCC fixed-line reports); goodput noise is fitted to the NDT tests of home
 * Raspberry Pis in `data/ndt-raspberrypi-brazil`: log-MAD p50 .026, p90 .11; 1.9 % of tests below half of the series'
 * median, .29 % below a quarter, .19 % below a tenth.
 */
export interface Access {
  name: string;
  /** Share of vantages. */
  weight: number;
  /** Round-trip time of the line itself, ms. */
  last_mile_ms: number;
  /** Standard deviation of ln RTT from one sample to the next. */
  jitter: number;
  /** Chance and mean size (ms) of a queueing spike on one exchange of packets. */
  spike: number;
  spike_ms: number;
  /** Packet loss in good times. */
  loss: number;
  /** Median rate down, Mbit/s, and the spread of ln rate between lines. */
  mbps: number;
  mbps_sigma: number;
  /** Round-trip time added at the evening peak (ms, mean), and share of the rate that is gone then. */
  evening_ms: number;
  evening_share: number;
  /** Standard deviation of ln goodput from one transfer to the next, median over lines (p90 is four times that). */
  goodput_sigma: number;
  /** Chance that an exchange fails for no reason that lasts. */
  flake: number;
  /** Bursts of loss on the line a month (Gilbert–Elliott bad state, minutes). */
  bursts: number;
  /** Outages of the line a month. */
  outages: number;
}

export const accesses: readonly Access[] = [
  {
    name: 'fibre',
    weight: 0.25,
    last_mile_ms: 2.5,
    jitter: 0.015,
    spike: 0.002,
    spike_ms: 15,
    loss: 0.0003,
    mbps: 60,
    mbps_sigma: 0.5,
    evening_ms: 1,
    evening_share: 0.05,
    goodput_sigma: 0.026,
    flake: 0.0004,
    bursts: 4,
    outages: 1,
  },
  {
    name: 'cable',
    weight: 0.2,
    last_mile_ms: 10,
    jitter: 0.04,
    spike: 0.008,
    spike_ms: 30,
    loss: 0.001,
    mbps: 40,
    mbps_sigma: 0.5,
    evening_ms: 6,
    evening_share: 0.3,
    goodput_sigma: 0.04,
    flake: 0.0008,
    bursts: 12,
    outages: 2,
  },
  {
    name: 'dsl',
    weight: 0.2,
    last_mile_ms: 20,
    jitter: 0.04,
    spike: 0.01,
    spike_ms: 50,
    loss: 0.002,
    mbps: 11,
    mbps_sigma: 0.35,
    evening_ms: 8,
    evening_share: 0.2,
    goodput_sigma: 0.03,
    flake: 0.001,
    bursts: 15,
    outages: 5,
  },
  {
    name: 'mobile',
    weight: 0.2,
    last_mile_ms: 38,
    jitter: 0.14,
    spike: 0.03,
    spike_ms: 120,
    loss: 0.004,
    mbps: 16,
    mbps_sigma: 0.5,
    evening_ms: 25,
    evening_share: 0.45,
    goodput_sigma: 0.12,
    flake: 0.002,
    bursts: 30,
    outages: 8,
  },
  {
    name: 'wireless',
    weight: 0.05,
    last_mile_ms: 14,
    jitter: 0.1,
    spike: 0.02,
    spike_ms: 80,
    loss: 0.004,
    mbps: 12,
    mbps_sigma: 0.4,
    evening_ms: 15,
    evening_share: 0.4,
    goodput_sigma: 0.08,
    flake: 0.002,
    bursts: 30,
    outages: 6,
  },
  {
    name: 'server',
    weight: 0.1,
    last_mile_ms: 0.6,
    jitter: 0.01,
    spike: 0.001,
    spike_ms: 8,
    loss: 0.0001,
    mbps: 200,
    mbps_sigma: 0.3,
    evening_ms: 0,
    evening_share: 0,
    goodput_sigma: 0.02,
    flake: 0.0002,
    bursts: 1,
    outages: 0.2,
  },
];
