/**
 * What measuring costs the volunteer, on a real wire: a measured hour of each profile, rounds under censors, and the daemon's
 * own byte account held against the interface's counters. `node tests/lab/bytes.ts` (root on Linux), two to five minutes.
 * The last line is `N passed, N failed`.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { riskVersion } from '../../src/commands/consent.ts';
import type { CensorName } from './censors.ts';
import type { Cost } from './hour-child.ts';
import { type Lab, startLab } from './lab.ts';
import { whyNot } from './packages.ts';
import { newDirectory } from './product.ts';
import { createScore } from './report.ts';

const child = fileURLToPath(new URL('./hour-child.ts', import.meta.url));
/** Agreement that the account has to reach, in the sum over rounds of one kind. */
const within = 0.1;
const hourSlots = { fixed: 60, mobile: 120 } as const;
const dayMb = { fixed: 200, mobile: 25 } as const;
/** What is booked in a round in which nothing can leave, bytes. */
const offlineMost = 500;
/** A full block has to be suspected by then, minutes. */
const suspectedWithin = 10;

const { report, end } = createScore();
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const kb = (bytes: number) => (bytes / 1000).toFixed(1).padStart(8);

/** One daemon's worth of rounds, at will. */
function station(lab: Lab, profile: 'fixed' | 'mobile') {
  const directory = newDirectory(lab);
  const file = `${directory}/reachd.yaml`;
  const settings = {
    accept_risk: riskVersion,
    profile,
    tls: { ca_file: lab.rootFile },
    vantage: { name: 'lab', country: 'PK', detect: false },
  };
  writeFileSync(file, JSON.stringify(settings));
  const server = lab.spawn([process.execPath, child, file]);
  return {
    async slots(howMany: number): Promise<Cost[]> {
      const costs: Cost[] = [];
      const done = server.hear((line) => {
        if (line.startsWith('{"slot"')) costs.push(JSON.parse(line) as Cost);
        return line === '{"done":true}';
      }, 300_000);
      server.tell(`slots ${howMany}`);
      await done;
      return costs;
    },
    stop: () => server.stop(),
  };
}

/** One line of the table, and whether the account agrees with the wire in each direction. */
function compare(name: string, costs: readonly Cost[]): void {
  const sum = (of: (cost: Cost) => number) => costs.reduce((all, cost) => all + of(cost), 0);
  const share = {
    received: sum(({ account }) => account.received) / sum(({ wire }) => wire.received),
    sent: sum(({ account }) => account.sent) / sum(({ wire }) => wire.sent),
  };
  const both = sum(({ account }) => account.received + account.sent) / sum(({ wire }) => wire.received + wire.sent);
  const percent = (x: number) => `${(100 * x).toFixed(1)} %`;
  const got = `${costs.length} rounds, each ${kb(mean(costs.map(({ wire }) => wire.received)))} kB in ${kb(mean(costs.map(({ wire }) => wire.sent)))} kB out, ${mean(costs.map(({ connections }) => connections)).toFixed(1)} TCP ${mean(costs.map(({ datagrams }) => datagrams)).toFixed(1)} UDP; account: ${percent(both)} of it (in ${percent(share.received)}, out ${percent(share.sent)})`;
  report(name, 'account within 10 % of the wire', got, Math.abs(both - 1) <= within);
}

const perRound = ({ wire }: Cost) => wire.received + wire.sent;

/** A day from a measured hour: the first round looks at everything and happens once, the other slots repeat. */
async function day(lab: Lab, profile: 'fixed' | 'mobile'): Promise<void> {
  const here = station(lab, profile);
  try {
    const first = await here.slots(1);
    compare(`${profile}: first round`, first);
    const hour = await here.slots(hourSlots[profile]);
    compare(`${profile}: a calm hour`, hour);
    const purposes = [...new Set(hour.flatMap((cost) => Object.keys(cost.purposes)))];
    const of = (purpose: string) => hour.reduce((sum, cost) => sum + (cost.purposes[purpose] ?? 0), 0);
    console.log(`  by purpose, kB: ${purposes.map((one) => `${one} ${kb(of(one)).trim()}`).join(', ')}`);
    const bytes = first.map(perRound)[0]! + 24 * hour.reduce((sum, cost) => sum + perRound(cost), 0);
    const mb = bytes / 1e6;
    report(`${profile}: a day`, `≤ ${dayMb[profile]} MB`, `${mb.toFixed(1)} MB`, mb <= dayMb[profile]);
    await lab.on('all-four-blackholed', ['x', 'facebook', 'instagram', 'youtube']);
    const slotMinutes = 60 / hourSlots[profile];
    const blocked: Cost[] = [];
    let waited = 0;
    // Slot by slot: under a blackhole a round takes all the time that it has.
    while (waited < suspectedWithin && !blocked.some(({ suspect }) => suspect.length > 0)) {
      blocked.push(...(await here.slots(1)));
      waited += slotMinutes;
    }
    await lab.clear();
    const suspect = blocked.at(-1)?.suspect ?? [];
    const got = suspect.length > 0 ? `${waited} min: ${suspect.join(' ')}` : 'nothing noticed';
    report(`${profile}: everything blocked`, `suspected within ${suspectedWithin} min`, got, suspect.length > 0);
    compare(`${profile}: while blocked`, blocked);
  } finally {
    await here.stop();
    await lab.clear();
  }
}

/** Widened rounds, and downloads through a policer, a shaper and a freeze. */
const trouble: readonly CensorName[] = [
  'sni-reset',
  'ip-drop',
  'dns-nxdomain',
  'sni-police-130k',
  'shape-1m',
  'freeze-16k',
];

/** With the link down nothing leaves, and next to nothing may be booked. */
async function offline(lab: Lab, here: ReturnType<typeof station>): Promise<void> {
  await lab.on('offline', ['x']);
  const costs = await here.slots(6);
  await lab.clear();
  const account = mean(costs.map(({ account }) => account.sent + account.received));
  const wire = mean(costs.map(perRound));
  const got = `${costs.length} rounds, each ${Math.round(wire)} B on the wire, ${Math.round(account)} B in the account`;
  report('fixed: offline', `account ≤ ${offlineMost} B a round more than the wire`, got, account - wire <= offlineMost);
}

async function underCensors(lab: Lab): Promise<void> {
  const here = station(lab, 'fixed');
  try {
    await here.slots(1);
    for (const censor of trouble) {
      await lab.on(censor, ['x']);
      compare(`fixed: ${censor}`, await here.slots(6));
      await lab.clear();
      await here.slots(2);
    }
    await offline(lab, here);
  } finally {
    await here.stop();
  }
}

const reason = await whyNot(console.log);
if (reason) {
  console.log(`not run: ${reason}\n0 passed, 0 failed, 1 skipped`);
} else {
  const lab = await startLab();
  const wanted = process.argv.slice(2);
  const asked = (part: string) => wanted.length === 0 || wanted.includes(part);
  try {
    for (const profile of ['fixed', 'mobile'] as const) if (asked(profile)) await day(lab, profile);
    if (asked('censors')) await underCensors(lab);
  } finally {
    await lab.close();
  }
  end();
}
