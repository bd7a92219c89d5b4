/** Probes that say nothing, or nothing of the platforms: shutdowns, power cuts, cables, and our own faults. */
import { describe, expect, test } from 'vitest';
import { calm, elsewhere, network, probe } from './fleet.ts';
import { hasPromtool, type Series, verify } from './promtool.ts';

const samples = 60;
const five = ['AS17557', 'AS9541', 'AS45595', 'AS38264', 'AS23674'];
const cut = 25;
/** Four networks with three probes each. */
const twelve = (more: (index: number) => object): Series[] =>
  five
    .slice(0, 4)
    .flatMap((asn, at) =>
      [0, 1, 2].flatMap((n) => probe({ vantage: `${asn}-${n}`, country: 'PK', asn, samples, ...more(at * 3 + n) })),
    );

describe.runIf(hasPromtool)('silence', () => {
  test('most probes of one country within ten minutes is a suspected blackout', () => {
    const said = verify({
      name: 'blackout',
      // Nine of twelve, over ten minutes; the others have another way out.
      input: [...twelve((n) => (n < 9 ? { silentFrom: cut + n } : {})), ...elsewhere(samples)],
      expect: [
        { at: '24m', firing: [] },
        { at: '36m', firing: ['BlackoutSuspected PK'] },
        // Held half an hour, in which nobody was expected any more.
        { at: '55m', firing: ['BlackoutSuspected PK'] },
      ],
    });
    expect(said).toBe('');
  });

  test('everywhere at once is the receiver', () => {
    const said = verify({
      name: 'receiver restart',
      input: [
        ...twelve(() => ({ silentFrom: cut, backAt: cut + 7 })),
        ...elsewhere(samples, { silentFrom: cut, backAt: cut + 7 }),
      ],
      expect: ['27m', '30m', '33m', '36m', '40m', '50m'].map((at) => ({ at, firing: [] })),
    });
    expect(said).toBe('');
  });

  test('load-shedding takes a part of the country at a time', () => {
    const said = verify({
      name: 'load-shedding',
      // Feeders are switched off in turn for ten minutes here: four of twelve are dark at a time.
      input: [
        ...twelve((n) => ({ silentFrom: 16 + Math.floor(n / 4) * 11, backAt: 26 + Math.floor(n / 4) * 11 })),
        ...elsewhere(samples),
      ],
      expect: ['18m', '20m', '24m', '28m', '32m', '36m', '40m', '46m', '52m'].map((at) => ({ at, firing: [] })),
    });
    expect(said).toBe('');
  });

  test.each([
    {
      why: 'that were stopped on purpose',
      also: { reachd_stopping: `0x${cut - 2} 1 stale _x${samples - cut - 1}` },
    },
    {
      why: 'that sleep at times',
      also: { 'reachd_vantage_state|state="asleep"': `0x4 1 0x${cut - 7} stale _x${samples - cut - 1}` },
    },
  ])('probes $why are not expected', ({ also }) => {
    const said = verify({
      name: 'excused',
      input: [...twelve((n) => (n < 9 ? { silentFrom: cut, also } : {})), ...elsewhere(samples)],
      expect: ['28m', '32m', '36m', '40m'].map((at) => ({ at, firing: [] })),
    });
    expect(said).toBe('');
  });

  test('a country alone in its fleet cannot tell its silence from the receiver', () => {
    const said = verify({
      name: 'alone',
      input: twelve((n) => (n < 9 ? { silentFrom: cut } : {})),
      expect: [{ at: '32m', firing: [] }],
    });
    expect(said).toBe('');
  });
});

describe.runIf(hasPromtool)('lines', () => {
  const lost = `1x${cut - 1} 0x${samples - cut - 1}`;
  const isolated = { 'reachd_vantage_state|state="isolated"': `0x${cut - 1} 1x${samples - cut - 1}` };
  const online = { 'reachd_vantage_state|state="isolated"': `0x${samples - 1}` };

  test('half of a country without controls is a general outage, and no restriction', () => {
    const said = verify({
      name: 'controls lost',
      input: [
        ...five.flatMap((asn, n) =>
          network('PK', asn, 2, { samples, also: online, ...(n < 3 ? { controls: lost } : {}) }),
        ),
        ...elsewhere(samples, { also: online }),
      ],
      expect: [
        { at: '27m', firing: [] },
        { at: '32m', firing: ['GeneralOutage PK'] },
      ],
    });
    expect(said).toBe('');
  });

  test('three isolated networks are a cut, not a general outage', () => {
    const said = verify({
      name: 'cable',
      input: [
        ...five.flatMap((asn, n) =>
          network('PK', asn, 2, { samples, ...(n < 3 ? { controls: lost, also: isolated } : { also: online }) }),
        ),
        ...elsewhere(samples, { also: online }),
      ],
      expect: [
        { at: '26m', firing: [] },
        { at: '32m', firing: ['InternationalCut PK'] },
      ],
    });
    expect(said).toBe('');
  });

  test('isolated probes of two networks are not the country', () => {
    const said = verify({
      name: 'two cut',
      input: [
        ...five.flatMap((asn, n) =>
          network('PK', asn, 2, { samples, ...(n < 2 ? { controls: lost, also: isolated } : { also: online }) }),
        ),
        ...calm('DE', ['AS3320', 'AS3209'], samples, { also: online }),
      ],
      expect: [{ at: '35m', firing: [] }],
    });
    expect(said).toBe('');
  });
});
