import { describe, expect, test } from 'vitest';
import { readReport } from '../../src/measure/reference.ts';
import { reference } from '../../src/publish/reference.ts';
import { board, boardScope, now } from './board.ts';
import { calm, incident, startedAt, targets } from './outcomes.ts';

describe('status', () => {
  test('before the first round: platforms inconclusive, nothing else claimed', () => {
    const status = board().status();
    expect(status.platforms.map(({ name, state, targets: looks }) => [name, state, looks.length])).toEqual([
      ['x', 'inconclusive', 0],
      ['facebook', 'inconclusive', 0],
      ['instagram', 'inconclusive', 0],
      ['youtube', 'inconclusive', 0],
    ]);
    expect(status.round).toBeUndefined();
    expect(status.vantage.state).toBeUndefined();
    expect(status).toMatchObject({ started_at: '2024-01-20T10:41:42.000Z', controls: [], controls_impaired: [] });
  });

  test('of an incident: held state, mechanism, onset, every look', async () => {
    const sink = board({ storeTrouble: () => 'the disk is full' });
    await sink.accept(incident());
    const status = sink.status();
    const x = status.platforms.find(({ name }) => name === 'x')!;
    expect(x).toMatchObject({
      title: 'X',
      state: 'blocked',
      since: startedAt,
      suspect: true,
      verdict: {
        state: 'blocked',
        mechanism: 'tls.reset.sni',
        basis: 'differential',
        rule: 'tls-reset-sni-differential',
      },
      incident: { state: 'blocked', onset_latest: '2024-01-20T13:41:00.000Z' },
    });
    expect(x.targets).toHaveLength(6);
    expect(x.targets[0]).toEqual({
      target: 'x/website',
      ip_protocol: 'ip4',
      outcome: 'failed',
      failure: { phase: 'tls', reason: 'connection_reset', after_ms: 3.9 },
      status: undefined,
      phases: { resolve: 3.1, connect: 42 },
      goodput_bps: undefined,
      network: '104.244.42.0/24',
      at: startedAt,
    });
    expect(status.disruption?.incident).toBe('joint-20240120T1341');
    expect(status.bytes).toEqual({ spent: 4 * 21_000, limit: 200_000_000, remaining: 199_900_000 });
    expect(status.store_trouble).toBe('the disk is full');
  });

  test('a calm round looks at little: the rest keeps its last look and its time', async () => {
    const sink = board();
    await sink.accept(calm());
    const next = calm(4712);
    next.round.started_at = '2024-01-20T13:42:00.000Z';
    next.round.platforms['x'] = next.round.platforms['x']!.slice(0, 1);
    next.round.controls = next.round.controls.slice(0, 2);
    await sink.accept(next);
    const status = sink.status();
    expect(status.platforms[0]!.targets.map(({ at }) => at)).toEqual([
      next.round.started_at,
      ...Array.from({ length: 5 }, () => startedAt),
    ]);
    expect(status.controls).toHaveLength(12);
    expect(status.controls.filter(({ at }) => at === startedAt)).toHaveLength(10);
  });

  test('a skipped look is no look', async () => {
    const sink = board();
    const round = calm();
    round.round.platforms['x'] = [{ target: 'x/website', outcome: 'skipped', skipped: 'budget' }];
    await sink.accept(round);
    expect(sink.status().platforms[0]!.targets).toEqual([]);
  });

  // The answers to a whoami question name the resolver, and at home sometimes the household itself.
  test('no address of this place is in it', async () => {
    const sink = board();
    const round = calm();
    round.round.vantage.dns = [
      { via: 'configured', name: 'whoami.example', rcode: 'NOERROR', at_ms: 3, answers: [{ ip: '198.51.100.77' }] },
    ];
    round.round.platforms['x']![0]!.dns = [
      { via: 'configured', rcode: 'NOERROR', at_ms: 3, answers: [{ ip: '198.51.100.77' }] },
    ];
    await sink.accept(round);
    expect(JSON.stringify(sink.status())).not.toContain('198.51.100.77');
    expect(JSON.stringify(reference(sink.results(), now))).not.toContain('198.51.100.77');
  });

  test('the statement of the joint event goes before that of a platform, and goes with it', async () => {
    const sink = board();
    const telling = (round?: number) => {
      const outcome = incident(round);
      const { platforms, disruption } = outcome.detail!;
      for (const one of [disruption, ...Object.values(platforms).map(({ open }) => open)]) {
        if (one) one.statement = `statement of ${one.incident} in round ${outcome.round.round}`;
      }
      return outcome;
    };
    await sink.accept(telling());
    expect(sink.status().statement).toBe('statement of joint-20240120T1341 in round 4716');
    // A round without events: what is said is of now, not of the last event.
    const quiet = telling(4717);
    quiet.events = [];
    await sink.accept(quiet);
    expect(sink.status().statement).toBe('statement of joint-20240120T1341 in round 4717');
    delete quiet.detail!.disruption;
    await sink.accept(quiet);
    expect(sink.status().statement).toMatch(/^statement of (?!joint)/);
    await sink.accept(calm(4718));
    expect(sink.status().statement).toBeUndefined();
  });

  test('after a reload what is no longer configured is gone', async () => {
    const sink = board();
    await sink.accept(calm());
    sink.reconfigure(boardScope({ platform: 'youtube', target: 'x/cdn', control: 'debian' }));
    const status = sink.status();
    expect(status.platforms.map(({ name }) => name)).toEqual(['x', 'facebook', 'instagram']);
    expect(status.platforms[0]!.targets.map(({ target }) => target)).not.toContain('x/cdn');
    expect(status.controls.map(({ target }) => target)).not.toContain('debian');
    expect(sink.knows('x/cdn')).toBe(false);
    expect(sink.lastResult('youtube/website')).toBeUndefined();
    await sink.accept(calm(4712));
    expect(sink.lastResult('youtube/website')).toBeUndefined();
    expect(sink.status().controls.map(({ target }) => target)).not.toContain('debian');
  });
});

describe('reference', () => {
  test('one entry a target with networks, issuer and age', async () => {
    const sink = board();
    const round = calm();
    round.round.platforms['x']![1]!.network = '2001:db8:1::/48';
    round.round.platforms['x']![0]!.evidence = { tls: { issuer: 'CN=DigiCert Global G2' } };
    await sink.accept(round);
    const document = reference(sink.results(), now);
    expect(document).toMatchObject({ version: 1, generated_at: new Date(now).toISOString() });
    expect(document.targets).toHaveLength(Object.values(targets).flat().length);
    expect(document.targets.find(({ target }) => target === 'x/website')).toMatchObject({
      outcome: 'ok',
      status: 200,
      networks: ['203.0.113.0/24', '2001:db8:1::/48'],
      age_s: 42,
    });
  });

  test('is what a probe elsewhere can read', async () => {
    const sink = board();
    await sink.accept(incident());
    const facts = readReport(JSON.stringify(reference(sink.results(), now)), {
      reference: 'probe.example.org',
      targets: new Set(['x/website', 'facebook/cdn']),
      wall_ms: now,
    })!;
    expect(facts.toSorted((a, b) => a.target.localeCompare(b.target))).toEqual([
      {
        reference: 'probe.example.org',
        target: 'facebook/cdn',
        outcome: 'ok',
        status: 200,
        networks: ['203.0.113.0/24'],
        age_s: 42,
      },
      {
        reference: 'probe.example.org',
        target: 'x/website',
        outcome: 'failed',
        failure: { phase: 'tls', reason: 'connection_reset', after_ms: 3.9 },
        networks: ['104.244.42.0/24'],
        age_s: 42,
      },
    ]);
  });

  test('stays within 64 KiB and 500 targets however much is configured: the oldest looks go first', () => {
    const results = (issuer: string) =>
      Array.from({ length: 2000 }, (_, n) => ({
        platform: 'x',
        look: {
          target: `x/target-${n}`,
          ip_protocol: 'ip4' as const,
          outcome: 'ok' as const,
          phases: {},
          at: startedAt,
          network: '203.0.113.0/24',
        },
        evidence: { tls: { issuer } },
        rounds_ago: 0,
        at_ms: now - n * 1000,
      }));
    const short = reference(results('CN=R3'), now);
    expect(short.targets).toHaveLength(500);
    const text = JSON.stringify(reference(results(`CN=${'long '.repeat(100)}`), now));
    expect(Buffer.byteLength(text)).toBeLessThan(64 * 1024);
    expect(Buffer.byteLength(text)).toBeGreaterThan(60 * 1024);
    expect(text).toContain('x/target-0"');
    expect(text).not.toContain('x/target-499"');
  });
});
