/** The household, the line, the country's border: not the platform. */
import { type Scenario, scenario } from './scenario.ts';

const four = ['x', 'facebook', 'instagram', 'youtube'] as const;
const inconclusive = { state: 'inconclusive', platforms: four } as const;

export const line: readonly Scenario[] = [
  scenario('offline', {
    why: 'no route at all: nothing can be said of anybody',
    expect: { ...inconclusive, vantage: 'offline' },
  }),
  scenario('upstream-dead', {
    why: "the provider's resolver still answers from its cache, nothing beyond it does",
    expect: { ...inconclusive, vantage: 'offline' },
  }),
  scenario('isolated', {
    why: 'the gravest restriction of all: the country is cut off, its own sites work (Iran, November 2019)',
    expect: { ...inconclusive, vantage: 'isolated', mechanism: 'ip.international' },
  }),
  scenario('captive-portal', {
    why: 'a hotspot before its login',
    expect: { ...inconclusive, vantage: 'captive_portal' },
  }),
  scenario('tls-intercepted', {
    why: 'a company’s or an antivirus product’s own root under every name',
    expect: { ...inconclusive, vantage: 'tls_intercepted' },
  }),
  scenario('clock-skew', {
    why: 'a Raspberry Pi without a battery clock',
    expect: { ...inconclusive, note: 'clock_skew' },
  }),
  scenario('resolver-dead', {
    why: 'the configured resolver is dead for every name: no name is being hidden',
    expect: { ...inconclusive, vantage: 'degraded' },
  }),
  scenario('pihole', {
    why: 'somebody in the house blocks X for the children: not the provider',
    expect: { state: 'inconclusive', note: 'local_filter' },
  }),
  scenario('docker-dns', {
    why: 'a container’s stub hides who really said REFUSED',
    expect: { state: 'inconclusive', note: 'local_filter' },
  }),
];
