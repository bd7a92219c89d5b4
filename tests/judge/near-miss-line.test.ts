/** The line: what must not be called captive, intercepted, offline, isolated, slow, nor the clock's fault. */
import { describe, expect, test } from 'vitest';
import { assess } from '../../src/judge/assess.ts';
import type { RoundMemory } from '../../src/judge/memory.ts';
import type { Observation, Round } from '../../src/model/round.ts';
import { everything, ip6Controls, nameDenied, overIp6, replaced, sniCut, tcpCut, whoami } from './censors.ts';
import {
  alerted,
  calm,
  control,
  controlNames,
  evilTls,
  fails,
  on,
  onControls,
  plainControl,
  unresolved,
  withExperiments,
} from './rounds.ts';

const seen = (change: (round: Round) => void, memory: RoundMemory = {}) => assess(calm(change), memory);
const silent = (one: Observation) => fails(one, 'connect', 'generic_timeout_error');
const expired = { ...evilTls, error: 'ssl_invalid_certificate' as const };

describe('no captive portal', () => {
  test('while an encrypted control answers: a provider’s notice in clear text is not a login page', () => {
    const { vantage } = seen((r) => {
      r.controls.push({ ...plainControl(), hops: [{ host: 'quota.provider.example', outcome: 'ok', status: 200 }] });
    });
    expect(vantage).toBe('online');
  });
  test('when clear text is upgraded to the same site', () => {
    const { vantage } = seen((r) => {
      onControls(r, silent);
      everything(r, silent);
      const plain = plainControl();
      r.controls.push({
        ...plain,
        hops: [{ host: plain.host, outcome: 'ok', status: 200, phases: { connect: 4, tls: 4, processing: 4 } }],
      });
    });
    expect(vantage).not.toBe('captive_portal');
  });
});

describe('no interception', () => {
  test.each([1, 2, 3])('when %i of eight controls show a foreign chain', (count) => {
    const { vantage } = seen((r) => onControls(r, replaced(), controlNames.slice(0, count)));
    expect(vantage).not.toBe('tls_intercepted');
  });
  test('when only the platforms do', () => {
    expect(seen((r) => everything(r, replaced())).vantage).toBe('online');
  });
});

describe('not the clock', () => {
  test('when one control’s certificate has expired', () => {
    const { vantage_notes, verdicts } = seen((r) => {
      on(r, 'x', replaced(expired));
      onControls(r, replaced(expired), ['kernel']);
    });
    expect(vantage_notes).toEqual([]);
    expect(verdicts['x']?.state).toBe('unreachable');
  });
  test('when the clock is known to be right within minutes', () => {
    expect(
      seen((r) => {
        r.vantage.clock_skew_s = 240;
        on(r, 'x', replaced(expired));
      }).verdicts['x']?.state,
    ).toBe('unreachable');
  });
});

describe('not offline', () => {
  test('while one control answers: then nothing can be compared', () => {
    const { vantage, verdicts } = seen((r) => {
      everything(r, tcpCut('generic_timeout_error'));
      onControls(r, silent, [...controlNames, 'ministry']);
    });
    expect(vantage).toBe('degraded');
    expect(verdicts['x']).toMatchObject({ state: 'inconclusive', rule: 'controls-failing' });
  });
  test('while a platform’s address says something at TLS level: a differential needs no control', () => {
    const { vantage, verdicts } = seen((r) => {
      everything(r, silent);
      on(r, 'x', sniCut('connection_reset'));
      onControls(r, silent);
    });
    expect(vantage).toBe('degraded');
    expect(verdicts['x']).toMatchObject({ state: 'blocked', mechanism: 'tls.reset.sni', confidence: 'medium' });
    expect(verdicts['youtube']?.state).toBe('inconclusive');
  });
  test('when a single host was asked and nothing beside it', () => {
    const { vantage, verdicts } = seen((r) => {
      r.controls = [];
      r.platforms = { x: (r.platforms['x'] ?? []).map(silent) };
    });
    expect(vantage).toBe('degraded');
    expect(verdicts['x']).toMatchObject({ state: 'inconclusive', confidence: 'low' });
  });
  test('but without controls and with every company silent it is', () => {
    expect(
      seen((r) => {
        r.controls = [];
        everything(r, silent);
      }).vantage,
    ).toBe('offline');
  });
});

describe('not isolated', () => {
  const gone = (r: Round) => {
    everything(r, tcpCut('generic_timeout_error'));
    onControls(r, (one) => ('scope' in one && one.scope === 'in_country' ? one : silent(one)));
  };
  test('while one foreign control answers', () => {
    expect(
      seen((r) => {
        gone(r);
        r.controls[0] = control('encyclopaedia');
      }).vantage,
    ).not.toBe('isolated');
  });
  test('while a platform answers from abroad', () => {
    const { vantage, verdicts } = seen((r) => {
      const fine = structuredClone(r.platforms['youtube'] ?? []);
      gone(r);
      r.platforms['youtube'] = fine;
    });
    expect(vantage).toBe('degraded');
    expect(verdicts['youtube']?.state).toBe('reachable');
  });
  test('though a cache inside the provider’s own network answers, it is', () => {
    const { vantage, verdicts } = seen((r) => {
      const cached = structuredClone(r.platforms['youtube'] ?? []).map((one) => ({
        ...one,
        network: '203.99.164.0/24',
        dns: (one.dns ?? []).map((fact) => ({ ...fact, answers: [{ ip: '203.99.164.20', asn: 17557 }] })),
      }));
      gone(r);
      r.platforms['youtube'] = cached;
    });
    expect(vantage).toBe('isolated');
    expect(verdicts['x']?.state).toBe('inconclusive');
    expect(verdicts['youtube']?.state).toBe('reachable');
  });
  test('without in-country controls: that is offline', () => {
    expect(
      seen((r) => {
        gone(r);
        r.controls = r.controls.filter(({ scope }) => scope === 'foreign');
      }).vantage,
    ).toBe('offline');
  });
  test('when foreign controls are answered by somebody else', () => {
    expect(
      seen((r) => {
        gone(r);
        onControls(r, replaced(), controlNames.slice(0, 2));
      }).vantage,
    ).not.toBe('isolated');
  });
});

describe('the resolver is not dead', () => {
  test('while it answers one other name', () => {
    const { vantage, verdicts } = seen((r) => {
      everything(r, nameDenied('timeout', 'generic_timeout_error'));
      onControls(r, (one) => unresolved(one, 'timeout', 'generic_timeout_error'), controlNames);
    });
    expect(vantage).not.toBe('online');
    expect(verdicts['x']?.rule).not.toBe('resolver-dead');
  });
  test('all platforms’ names denied beside controls that resolve is a block', () => {
    const { verdicts } = seen((r) => everything(r, nameDenied('NXDOMAIN', 'dns_nxdomain_error')));
    expect(Object.values(verdicts).map(({ state }) => state)).toEqual(['blocked', 'blocked', 'blocked', 'blocked']);
  });
});

describe('the line is not slow', () => {
  const baselines = Object.fromEntries(
    [...controlNames, 'ministry', 'newspaper'].map((name) => [name, { handshake_ms: 20 }]),
  );
  test('when one control keeps its pace', () => {
    expect(seen(() => {}, { baselines: { ...baselines, ministry: { handshake_ms: 84 } } }).vantage).toBe('online');
  });
  test('when all are four times slower it is, and a complete answer stands', () => {
    const { vantage, verdicts } = seen(() => {}, { baselines });
    expect(vantage).toBe('degraded');
    expect(verdicts['x']?.state).toBe('reachable');
  });
});

describe('IPv6', () => {
  test('failing without IPv6 controls says nothing, whatever the failure', () => {
    const { verdicts } = seen((r) =>
      overIp6(r, 'x', (one) => withExperiments(fails(one, 'tls', 'connection_reset', 3), alerted(one))),
    );
    expect(verdicts['x']).toMatchObject({ state: 'reachable', mechanisms: [] });
  });
  test('failing IPv6 controls say that IPv6 is broken here', () => {
    const { verdicts } = seen((r) => {
      overIp6(r, 'x', silent);
      ip6Controls(r, silent);
    });
    expect(verdicts['x']?.state).toBe('reachable');
  });
});

test('interception of DNS is seen without ASNs by the same egress', () => {
  const { verdicts } = seen((r) => {
    delete r.vantage.asn;
    whoami(r, 'configured', '203.99.1.5');
    whoami(r, 'public', '203.99.1.77');
  });
  expect(verdicts['x']).toMatchObject({ state: 'reachable', mechanism: 'dns.interception' });
});
