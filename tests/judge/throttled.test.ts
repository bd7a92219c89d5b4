/** `throttled` is a word of intent: what earns it, and what must never be called so. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Round } from '../../src/model/round.ts';
import { download, fail, Life, police, stretch, warm } from './life.ts';

let past: Life;
beforeAll(() => {
  past = warm();
});

function future(): Life {
  const life = new Life();
  life.state = structuredClone(past.state);
  life.minute = past.minute;
  return life;
}

const said = (life: Life) => new Set(life.events.filter((event) => event.platform !== '*').map((event) => event.state));

describe('what earns the word', () => {
  test('handshakes that crawl while connects are normal (Russia 2022, Turkey 2022–25)', () => {
    const life = future();
    life.run(6, police(128_000, 'x'));
    expect(life.events[0]).toMatchObject({ event: 'opened', state: 'throttled', mechanism: 'throttle.unknown' });
    expect(life.events[0]!.confidence).toBe('medium');
  });

  test('two transfers at one steady rate, handshakes untouched (Russia 2021)', () => {
    const life = future();
    life.run(25, (round) => {
      for (const entry of round.platforms['x']!) if (entry.transfer) download(entry, 140_000, 0.05);
    });
    expect(life.held('x')).toBe('throttled');
    expect(life.events.at(-1)!.statement).toMatch(/downloads at 0\.7 % of normal/);
  });

  test('a real policer’s lumpy rate: no transfer steady by itself, three in a row the same', () => {
    // cov of half-second bins as in docs/goodput.json (“policed”); rates as seen from one policer of 130 kbit/s.
    const seen = [130, 126, 125, 127, 132, 127];
    const life = future();
    life.run(25, (round, minute) => {
      for (const entry of round.platforms['x']!) {
        if (entry.transfer) download(entry, seen[minute % seen.length]! * 1000, 0.27);
      }
    });
    expect(life.held('x')).toBe('throttled');
  });

  test('two companies below an eighth of their normal, in thin records without a plateau', () => {
    const life = future();
    life.run(30, (round) => {
      for (const name of ['x', 'youtube']) {
        for (const entry of round.platforms[name]!) {
          if (entry.goodput_bps === undefined) continue;
          entry.goodput_bps = 200_000;
          delete entry.transfer;
        }
      }
    });
    expect(life.held('x')).toBe('throttled');
    expect(life.held('youtube')).toBe('throttled');
    expect(life.state!.joint).toMatchObject({ kind: 'throttled', companies: ['google', 'x'] });
  });

  test('what triggers it is said when it is found out: a beacon answers after the throttle was decided', () => {
    const life = future();
    const slow = (round: Round) => {
      for (const entry of round.platforms['x']!) if (entry.transfer) download(entry, 140_000, 0.05);
    };
    const shown = (round: Round) => {
      slow(round);
      for (const entry of round.platforms['x']!) {
        if (!entry.transfer) continue;
        entry.host = 'abs.twimg.com';
        entry.experiments = [
          { kind: 'beacon', outcome: 'ok', host: 'example.org', address_id: 'b', goodput_bps: 18_000_000 },
          { kind: 'beacon', outcome: 'ok', host: 'abs.twimg.com', address_id: 'b', goodput_bps: 140_000 },
        ];
      }
    };
    life.run(25, slow);
    expect(life.events.at(-1)).toMatchObject({ state: 'throttled', mechanism: 'throttle.unknown' });
    expect(life.run(5, shown)).toMatchObject([
      {
        event: 'changed',
        platform: 'x',
        state: 'throttled',
        basis: 'differential',
        mechanism: 'throttle.sni',
        mechanisms: ['throttle.sni'],
        confidence: 'medium',
      },
    ]);
    // Shown a second time it is a sure thing.
    expect(life.run(5, shown)).toMatchObject([{ event: 'changed', mechanism: 'throttle.sni', confidence: 'high' }]);
    // And stays said: rounds that look no more closely take nothing of it back.
    life.run(20, slow);
    expect(life.state!.platforms['x']!.incident).toMatchObject({
      mechanism: 'throttle.sni',
      mechanisms: ['throttle.sni'],
    });
  });

  test('a reset that a neutral name did not meet is the name’s, also when that is seen later', () => {
    const life = future();
    const reset = (round: Round) => {
      for (const entry of round.platforms['x']!) {
        fail(entry, 'tls', 'connection_reset', 60);
      }
    };
    life.run(12, reset);
    expect(life.state!.platforms['x']!.incident).toMatchObject({ mechanism: 'tls.reset' });
    life.run(3, (round) => {
      reset(round);
      for (const entry of round.platforms['x']!) {
        entry.experiments = [
          {
            kind: 'neutral_sni',
            outcome: 'ok',
            host: 'example.org',
            network: entry.network,
            phases: { connect: 40, tls: 42 },
          },
        ];
      }
    });
    const { incident } = life.state!.platforms['x']!;
    expect(incident).toMatchObject({ kind: 'blocked', mechanism: 'tls.reset.sni' });
    expect(incident!.mechanisms).not.toContain('tls.reset');
  });
});

describe('what does not', () => {
  test('one platform slow in thin records: degraded', () => {
    const life = future();
    life.run(40, (round) => {
      for (const entry of round.platforms['x']!) {
        if (entry.goodput_bps === undefined) continue;
        entry.goodput_bps = 200_000;
        delete entry.transfer;
      }
    });
    expect(said(life)).toEqual(new Set(['degraded']));
  });

  test('a steady rate that no control’s download is held against', () => {
    const life = future();
    life.run(60, (round) => {
      for (const entry of round.controls) {
        delete entry.transfer;
        delete entry.goodput_bps;
      }
      for (const entry of round.platforms['x']!) if (entry.transfer) download(entry, 140_000, 0.05);
    });
    expect(said(life)).toEqual(new Set(['degraded']));
  });

  test('a lumpy rate at a quarter of the baseline, the same for hours', () => {
    const life = future();
    life.run(120, (round) => {
      for (const entry of round.platforms['x']!) if (entry.transfer) download(entry, 4e6, 0.27);
    });
    expect(said(life).has('throttled')).toBe(false);
  });

  test('a lossy evening: now and then a lost segment makes the name slow beside another one', () => {
    const life = future();
    let dice = 5;
    life.run(480, (round) => {
      stretch(round.platforms['x']!, 3);
      for (const entry of round.platforms['x']!) {
        dice = (dice * 48_271) % 2_147_483_647;
        const lost = dice % 8 === 0;
        if (lost) entry.phases!.tls! += 400;
        entry.experiments = [
          {
            kind: 'neutral_sni',
            outcome: 'ok',
            host: 'example.org',
            network: entry.network,
            phases: { connect: entry.phases!.connect!, tls: entry.phases!.tls! - (lost ? 400 : 0) },
          },
        ];
      }
    });
    expect([...said(life)].filter((state) => state !== 'degraded')).toEqual([]);
  });

  test('the whole line slow: the controls crawl and download as badly', () => {
    const life = future();
    const slowLine = (round: Round) => {
      for (const entries of [round.controls, ...Object.values(round.platforms)]) {
        for (const entry of entries) {
          entry.phases!.tls! += (4_500 * 8_000) / 200_000;
          if (entry.transfer) download(entry, 200_000, 0.05);
        }
      }
    };
    life.run(60, slowLine);
    expect(said(life).has('throttled')).toBe(false);
    expect(said(life).has('blocked')).toBe(false);
  });

  test('a sea cable cut: every far path slow and lossy, a near control unchanged', () => {
    const life = future();
    let dice = 7;
    life.run(240, (round) => {
      for (const entries of [round.controls.filter((c) => c.scope === 'foreign'), ...Object.values(round.platforms)]) {
        stretch(entries, 6);
        for (const entry of entries) {
          dice = (dice * 48_271) % 2_147_483_647;
          if (dice % 50 === 0) entry.phases!.tls! += 800;
          if (entry.transfer) download(entry, 20e6 / 6, 0.4);
        }
      }
    });
    expect(said(life).has('throttled')).toBe(false);
    expect(said(life).has('blocked')).toBe(false);
  });

  test('an evening of congestion on one company’s peering: slower, lossy, no steady plateau', () => {
    const life = future();
    let dice = 11;
    life.run(240, (round) => {
      for (const name of ['facebook', 'instagram']) {
        stretch(round.platforms[name]!, 3);
        for (const entry of round.platforms[name]!) {
          dice = (dice * 48_271) % 2_147_483_647;
          if (dice % 25 === 0) entry.phases!.tls! += 400;
          if (entry.transfer) download(entry, 4e6 * (0.5 + (dice % 100) / 100), 0.4);
        }
      }
    });
    expect([...said(life)].filter((state) => state !== 'degraded')).toEqual([]);
  });

  test('a queue at home: every path 60 ms longer, which on the shortest is a factor', () => {
    const life = future();
    const events = life.run(120, (round) => {
      for (const entries of [round.controls, ...Object.values(round.platforms)]) {
        for (const { phases } of entries) {
          phases!.connect! += 60;
          phases!.tls! += 60;
        }
      }
    });
    expect(events).toEqual([]);
  });
});
