import { expect, test } from 'vitest';
import { experiment } from '../../src/measure/experiment.ts';
import { observe } from '../../src/measure/observe.ts';
import { aimAt, instrumentsOn, never } from './loopback.ts';
import { dns, follow, isp, site } from './stage.ts';

test('what belongs to others, and what the round has no time for, is skipped', async () => {
  const names = await dns(site);
  const { facts } = await follow('beacon', { udp: { [isp]: names.port } });
  expect(facts).toEqual([{ kind: 'beacon', outcome: 'skipped', skipped: 'not_measured' }]);
  const instruments = instrumentsOn();
  const observed = await observe(aimAt('https://x.com/', { addresses: [site] }), instruments, never);
  const input = { aim: aimAt('https://x.com/'), observed, rested_s: () => undefined, neutral_name: 'example.org' };
  const late = await experiment({ kind: 'repeat', ...input }, instruments, AbortSignal.abort());
  expect(late).toEqual([{ kind: 'repeat', outcome: 'skipped', skipped: 'round_deadline' }]);
});
