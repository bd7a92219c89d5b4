/** `reachd report`: a country's report out of a fleet's Prometheus, or this probe's out of its own store, as one HTML file. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { countries } from '../config/countries.ts';
import { packageVersion } from '../config/package-root.ts';
import { Complaint, exit } from '../model/errors.ts';
import type { Report } from '../publish/report.ts';
import { countryReport } from '../publish/report-country.ts';
import { reportFile } from '../publish/report-page.ts';
import { probeReport } from '../publish/report-probe.ts';
import { createPrometheus } from '../publish/report-prometheus.ts';
import type { Command, Invocation } from './command.ts';
import { momentOf, withStore } from './stored.ts';

import { writeOut } from './write-out.ts';

/** Rounds are kept for 30 days by default, and a longer report would show no minutes. */
const longest_ms = 32 * 24 * 3_600_000;
/** Shorter than this there is no before and after. */
const shortest_ms = 10 * 60_000;

export const command: Command = {
  name: 'report',
  describe: 'what happened in a country, or at this probe, as one HTML file to publish or print',
  options: {
    prometheus: {
      type: 'string',
      describe: 'Address of the fleet’s Prometheus (or what speaks its API); without it, this probe’s own store',
    },
    country: { type: 'string', describe: 'With --prometheus: the country, such as PK' },
    since: { type: 'string', default: '24h', describe: 'From this time (RFC 3339) or so long ago (6h, 7d)' },
    until: { type: 'string', default: '0s', describe: 'Up to this time, or so long ago' },
    timezone: { type: 'string', describe: 'Time zone of the report, such as Asia/Karachi; else vantage.timezone' },
    out: { type: 'string', demandOption: true, describe: 'The file to write; - is standard output' },
  },
  examples: [
    [
      'reachd report --prometheus http://127.0.0.1:9090 --country PK --since 2024-01-20T12:00:00Z --until 2024-01-20T18:00:00Z --timezone Asia/Karachi --out pk.html',
      'one evening of a country',
    ],
    ['reachd report --since 24h --out day.html', 'what this probe saw, the last day'],
  ],
  needsConsent: false,
  run,
};

async function run(invocation: Invocation): Promise<number> {
  const { config, flags, stdout, stderr, warnings } = invocation;
  for (const warning of warnings) stderr.write(`warning: ${warning}\n`);
  const now_ms = Date.now();
  const window = windowOf(flags, now_ms);
  const timezone = zoneOf(flags['timezone'] ?? config.vantage.timezone);
  // Without a prototype: a label that says `constructor` is a platform without a title.
  const titles: Record<string, string> = Object.create(null);
  for (const { name, title } of config.platforms) titles[name] = title;
  const request = { ...window, timezone, now_ms, titles };
  const address = flags['prometheus'];
  if (address !== undefined) {
    const country = countryOf(flags['country'] ?? config.vantage.country);
    const prometheus = createPrometheus(String(address), invocation.signal);
    return await write(await countryReport(prometheus, { ...request, country }), invocation);
  }
  if (flags['country'] !== undefined) {
    throw new Complaint('usage', '--country needs --prometheus: this probe alone cannot speak for a country');
  }
  return await withStore(config, async (store) => {
    const report = probeReport({
      ...request,
      rounds: (query) => store.rounds(query),
      incidents: store.incidents({ limit: mostIncidents }),
    });
    if (report === undefined) {
      const { since_ms, until_ms } = window;
      const time = `between ${new Date(since_ms).toISOString()} and ${new Date(until_ms).toISOString()}`;
      throw new Complaint('not_found', `no round is stored in ${config.data.path} of the time ${time}`);
    }
    return await write(report, { ...invocation, stdout });
  });
}

/** All that a store keeps (`keptEvents`): the evening asked for may lie far back. */
const mostIncidents = 20_000;

function windowOf(flags: Invocation['flags'], now_ms: number): { since_ms: number; until_ms: number } {
  const since_ms = momentOf('since', flags['since'], now_ms)!;
  const until_ms = Math.min(now_ms, momentOf('until', flags['until'], now_ms)!);
  if (since_ms >= until_ms) {
    throw new Complaint('usage', `--since ${flags['since']} is not before --until ${flags['until']}`);
  }
  if (until_ms - since_ms < shortest_ms) throw new Complaint('usage', 'a report needs ten minutes at least');
  if (until_ms - since_ms > longest_ms) throw new Complaint('usage', 'a report can be of 32 days at most');
  return { since_ms, until_ms };
}

function countryOf(value: unknown): string {
  if (value === undefined) throw new Complaint('usage', '--prometheus needs --country, such as --country PK');
  const code = String(value).toUpperCase();
  if (countries.has(code)) return code;
  throw new Complaint(
    'usage',
    `--country: expected a code of two letters (ISO 3166-1) such as "PK", got ${JSON.stringify(value)}`,
  );
}

function zoneOf(value: unknown): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: String(value) }).resolvedOptions().timeZone;
  } catch {
    throw new Complaint(
      'usage',
      `--timezone: expected a name such as "Asia/Karachi" or "UTC", got ${JSON.stringify(value)}`,
    );
  }
}

async function write(report: Report, { flags, stdout }: Invocation): Promise<number> {
  const out = String(flags['out']);
  const name = out === '-' ? 'report.html' : path.basename(out);
  const { html, sha256, verify } = reportFile(report, { name, version: packageVersion() });
  if (out === '-') {
    await writeOut(stdout, html);
    return exit.fine;
  }
  try {
    writeFileSync(out, html);
  } catch (error) {
    throw new Complaint('data_path_unwritable', `cannot write ${out}: ${(error as Error).message}`, { cause: error });
  }
  await writeOut(stdout, `wrote ${out}\nSHA-256 of its data: ${sha256}\nto compute it again: ${verify}\n`);
  return exit.fine;
}
