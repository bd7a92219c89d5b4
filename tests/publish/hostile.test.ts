/** Whatever comes in: nothing throws, nothing unreadable goes out. */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostAllowed, hostOf } from '../../src/publish/guard.ts';
import { parseListenAddress } from '../../src/publish/listen-address.ts';
import { findRoute } from '../../src/publish/routes.ts';
import { parseSince } from '../../src/publish/since.ts';
import { renderTable } from '../../src/publish/table.ts';
import { board, now } from './board.ts';
import { calm } from './outcomes.ts';
import { metrics, scope } from './scope.ts';

const promtool = spawnSync('promtool', ['--version']).status === 0;

describe('metrics', () => {
  const number = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0, 1e308, 5e-324));

  test('numbers that are none are absent, and the exposition stays readable', async () => {
    await fc.assert(
      fc.asyncProperty(number, number, number, fc.string(), async (a, b, c, asn) => {
        const sink = metrics();
        const outcome = calm();
        outcome.duration_ms = a;
        outcome.round.lag_ms = b;
        outcome.round.vantage.asn = asn;
        outcome.round.platforms['x']![0]!.phases = { connect: a, tls: b };
        outcome.round.platforms['x']![0]!.goodput_bps = c;
        outcome.detail!.platforms['x'] = {
          badness: a,
          log_evidence: { all: b, reach: c },
          baseline_seconds: { tls: c },
        };
        await sink.accept(outcome);
        const text = await sink.render();
        expect(text).not.toMatch(/ (Nan|NaN|[+-]?Inf|undefined)$/m);
        for (const line of text.trimEnd().split('\n'))
          expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{.*\})? -?[\d.]+(e[+-]?\d+)?)$/);
      }),
      { numRuns: 50 },
    );
  });

  test.runIf(promtool)('a name with quotes, line breaks and backslashes is a label like any other', async () => {
    const name = 'a"b\\c\nd{e}="f';
    const sink = metrics({ scope: { ...scope(), controls: [{ name }] } });
    const outcome = calm();
    outcome.round.controls[0]!.target = name;
    await sink.accept(outcome);
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: await sink.render(),
      encoding: 'utf8',
    });
    expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' });
    expect(await sink.render()).toContain('reachd_control_success{control="a\\"b\\\\c\\nd{e}=\\"f"} 1');
  });
});

describe('what clients send', () => {
  const options = { allowed_hosts: ['pi.lan'], external_url: 'https://reachd.example.org/' };

  test('a Host is allowed only for a name that is ours, whatever is put around it', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('localhost', '127.0.0.1', 'pi.lan', 'reachd.example.org', '[::1]', ''),
        fc.string(),
        (before, name, after) => {
          const header = before + name + after;
          if (!hostAllowed(header, options)) return;
          const host = hostOf(header)!;
          expect(host).toMatch(/^(localhost|.*\.localhost|pi\.lan|reachd\.example\.org|[\d.]+|[\da-f:.]+)$/);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('paths, times and addresses never throw anything but a complaint', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        findRoute(`/${text}`);
        const at = parseSince(text, now);
        expect(at === undefined || Number.isFinite(at)).toBe(true);
        try {
          expect(parseListenAddress(text).port).toBeLessThanOrEqual(65_535);
        } catch (error) {
          expect((error as Error).name).toBe('Complaint');
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('what the network sent', () => {
  // A title with escape sequences must not repaint the volunteer's terminal, nor a header name become markup.
  test('neither titles nor header names reach the table, the page or the status', async () => {
    const sink = board();
    const outcome = calm();
    outcome.round.platforms['x']![0]!.evidence = {
      http: { title: '\u001b[2J<script>evil</script>', header_names: ['x-evil'], location_host: 'evil.example' },
      tls: { subject: 'CN=evil' },
    };
    await sink.accept(outcome);
    const shown = [
      renderTable(outcome.round, { titles: {}, colour: false, width: 80 }),
      JSON.stringify(sink.status()),
    ].join('\n');
    expect(shown).not.toMatch(/evil|\u001b/);
  });
});
