/**
 * How often the rules would call a nation's platforms restricted when nobody restricted them: `node
 * tests/bench/country-years.ts [YEARS] [MINUTES] [SEED] [CAUSE,CAUSE…]` (300 country-years, no limit of time, seed 1, all
 * causes and shutdowns; those named are drawn alone).
 *
 * Common causes are drawn with the rates of tests/rules/years/causes.ts, for a fleet of 40 countries of which eight are
 * looked at, or all of them where a cause is felt in some. Only two hours before each cause and two hours after its beginning
 * are lived: simulated lines judged by the real judge, the shipped rules evaluated by promtool. Then true shutdowns are mixed
 * in, and what was found is printed. Where the time runs out, what was evaluated by then is printed, and how many
 * country-years that is of each cause.
 */
import { loadavg } from 'node:os';
import { Rng } from '../evaluation/world/random.ts';
import { platforms } from '../evaluation/world/vantage.ts';
import {
  type Cause,
  causes,
  darkestDays,
  type Hit,
  networks,
  release,
  shed,
  shedding,
  shutdowns,
} from '../rules/years/causes.ts';
import { learnedPool, onset, windowLength } from '../rules/years/probes.ts';
import {
  type Country,
  countries,
  evaluate,
  type Fired,
  fleet,
  type Release,
  type World,
} from '../rules/years/worlds.ts';

const years = Number(process.argv[2] ?? 300);
const minutes = Number(process.argv[3] ?? Number.POSITIVE_INFINITY);
const rng = new Rng(Number(process.argv[4] ?? 1), 9);
const named = process.argv[5]?.split(',');
const wanted = ({ name }: { name: string }) => named?.includes(name) ?? true;
/** Countries of the fleet that a world-wide cause is felt in. */
const fleetCountries = fleet.length;
/** Windows of single countries that share a world: two of eight stay calm. */
const perWorld = 6;
const darkest = 12;
/** Times that each kind of shutdown is mixed in. */
const eachShutdown = 4;

interface Task {
  world: World;
  /** What happens where; `*` for the whole fleet. */
  what: { cause: string; country: Country | '*'; truth: boolean }[];
}

const start = Date.now();
const tasks: Task[] = [];
let seed = 1;

/** Packs single countries' windows into worlds. */
function pack(windows: readonly { cause: string; hit: Hit; truth: boolean }[], size = perWorld): void {
  for (let at = 0; at < windows.length; at += size) {
    const here = windows.slice(at, at + size);
    tasks.push({
      world: { hits: new Map(here.map(({ hit }, n) => [countries[n]!, hit])), seed: seed++ },
      what: here.map(({ cause, truth }, n) => ({ cause, country: countries[n]!, truth })),
    });
  }
}

/** Each a few of every kind, so that no world holds one kind only. */
function shuffled<T>(list: T[]): T[] {
  for (let n = list.length - 1; n > 0; n--) {
    const other = rng.below(n + 1);
    [list[n], list[other]] = [list[other]!, list[n]!];
  }
  return list;
}

const drawHit = (cause: Cause): Hit => cause.draw(rng, 1)[0]!;
const counts = new Map<string, number>();
const ordinary = causes.filter(({ world }) => !world).filter(wanted);
pack(
  shuffled(
    ordinary.flatMap((cause) => {
      const count = Math.round(cause.rate * years);
      counts.set(cause.name, count);
      return Array.from({ length: count }, () => ({ cause: cause.name, hit: drawHit(cause), truth: false }));
    }),
  ),
);
for (const cause of causes.filter(({ world }) => world).filter(wanted)) {
  const count = Math.max(1, Math.round((cause.rate * years) / fleetCountries));
  counts.set(cause.name, count);
  for (let n = 0; n < count; n++) {
    const felt = cause.draw(rng, fleetCountries);
    // What all feel, eight show as well as forty; of what some feel, eight would show too few or too many.
    const among = felt.every((hit) => hit !== undefined) ? countries : fleet;
    const looked = shuffled(felt).slice(0, among.length);
    tasks.push({
      world: {
        hits: new Map(looked.flatMap((hit, c) => (hit ? [[among[c]!, hit] as const] : []))),
        seed: seed++,
        among,
      },
      what: [{ cause: cause.name, country: '*', truth: false }],
    });
  }
}
const releases = wanted(release) ? Math.max(1, Math.round((release.rate * years) / fleetCountries)) : 0;
counts.set(release.name, releases);
for (let n = 0; n < releases; n++) {
  const share = rng.between(0.1, 0.6);
  const suspects = rng.pick([[...platforms], ['x'], ['youtube'], ['facebook', 'instagram']]);
  const dice = rng.u32();
  const upgraded = (country: Country, network: number, probe: number): Release | undefined => {
    const own = new Rng(dice, countries.indexOf(country) * 100 + network * 10 + probe);
    return own.chance(share) ? { version: '0.2.0', suspects, from: onset } : undefined;
  };
  tasks.push({
    world: { hits: new Map(), release: upgraded, seed: seed++ },
    what: [{ cause: release.name, country: '*', truth: false }],
  });
}
const days = Math.round(shedding.rate * years);
const shed_ = darkestDays(rng, wanted(shedding) ? days : 0, darkest);
counts.set(shedding.name, shed_.dark.length);
pack(
  shed_.dark.map((dark) => ({ cause: shedding.name, hit: shed(dark), truth: false })),
  3,
);
const innocent = tasks.length;
pack(
  shuffled([
    ...shutdowns
      .filter(wanted)
      .flatMap((cause) =>
        Array.from({ length: eachShutdown }, () => ({ cause: cause.name, hit: drawHit(cause), truth: true })),
      ),
    ...Array.from({ length: ordinary.length === 0 ? 0 : shutdowns.filter(wanted).length * eachShutdown }, () => {
      const cause = rng.pick(ordinary);
      return { cause: cause.name, hit: drawHit(cause), truth: false };
    }),
  ]),
  4,
);

const widest = Math.max(...tasks.map(({ world }) => (world.among ?? countries).length));
const pool = learnedPool(2 * networks * widest + 17);
const critical = (alert: Fired) =>
  [
    'NationScaleSocialMediaDisruption',
    'NationScalePlatformRestriction',
    'BlackoutSuspected',
    'InternationalCut',
  ].includes(alert.alertname);
const nation = ({ alertname }: Fired) => alertname.startsWith('NationScale');

interface Seen {
  windows: number;
  /** Windows in which a nation alert fired in the country (for the fleet: countries in which it did). */
  nation: number;
  /** The same for the whole fleet, where a part of it was looked at. */
  scaled: number;
  other: Map<string, number>;
}
const emptySeen = (): Seen => ({ windows: 0, nation: 0, scaled: 0, other: new Map() });
const seenCalm = new Map<string, Seen>();
const seenMixed = new Map<string, Seen>();

function count(task: Task, alerts: readonly Fired[], into: Map<string, Seen>): void {
  for (const { cause, country } of task.what) {
    const seen = into.get(cause) ?? emptySeen();
    into.set(cause, seen);
    seen.windows++;
    const own = country === '*' ? alerts : alerts.filter((alert) => alert.country === country);
    const hit = new Set(own.filter(nation).map((alert) => alert.country)).size;
    seen.nation += hit;
    seen.scaled += country === '*' ? (hit * fleetCountries) / (task.world.among ?? countries).length : hit;
    for (const name of new Set(own.filter((alert) => !nation(alert)).map((alert) => alert.alertname)))
      seen.other.set(name, (seen.other.get(name) ?? 0) + 1);
  }
  // A country in which nothing was made to happen.
  if (task.what.some(({ country }) => country === '*')) return;
  const busy = new Set(task.what.map(({ country }) => country));
  const seen = into.get('nothing') ?? emptySeen();
  into.set('nothing', seen);
  seen.windows += countries.length - busy.size;
  const idle = alerts.filter((alert) => critical(alert) && !busy.has((alert.country ?? '') as Country));
  seen.nation += new Set(idle.filter(nation).map((alert) => alert.country)).size;
}

/** Innocent and mixed worlds in turn, so that a run that is cut short has seen some of each. */
const order = shuffled(tasks.map((_, n) => n));
let done = 0;
const worker = async () => {
  for (;;) {
    const n = order.shift();
    if (n === undefined || Date.now() - start > minutes * 60_000) return;
    const task = tasks[n]!;
    const alerts = await evaluate(pool, task.world);
    count(task, alerts, n < innocent ? seenCalm : seenMixed);
    done++;
    if (alerts.some(nation) && n < innocent) {
      console.log(
        `  ${task.what.map(({ cause, country }) => `${country} ${cause}`).join(', ')}: ${JSON.stringify(alerts.filter(nation))}`,
      );
    }
  }
};
await Promise.all([worker(), worker()]);

const others = ({ other }: Seen) => [...other].map(([name, n]) => `${name} ${n}`).join(', ');
console.log(
  `${done} of ${tasks.length} worlds of ${windowLength / 60} h in ${countries.length} or ${fleetCountries} countries, ${2 * networks} probes each; ${((Date.now() - start) / 60_000).toFixed(0)} min, load ${loadavg()[0]?.toFixed(1)}\n`,
);
console.log(
  'cause              a year  windows  country-years  nation alerts  per 100 country-years   other alerts (windows)',
);
let sum = 0;
let least = Number.POSITIVE_INFINITY;
const rated = [...ordinary, ...causes.filter(({ world }) => world), release, shedding].filter(wanted);
for (const { name, rate } of rated) {
  const seen = seenCalm.get(name) ?? emptySeen();
  const drawn = counts.get(name) ?? 0;
  const covered = drawn === 0 ? 0 : (years * seen.windows) / drawn;
  // Of load-shedding only the darkest days are lived: what they say is said of all days drawn.
  const per100 = covered === 0 ? Number.NaN : (seen.scaled / covered) * 100;
  sum += per100;
  least = Math.min(least, covered);
  console.log(
    `${name.padEnd(18)} ${String(rate).padStart(6)}  ${String(seen.windows).padStart(7)}  ${covered.toFixed(0).padStart(13)}  ${String(seen.nation).padStart(13)}  ${per100.toFixed(2).padStart(21)}   ${others(seen)}`,
  );
}
const idle = seenCalm.get('nothing') ?? emptySeen();
console.log(
  `nothing                    ${String(idle.windows).padStart(7)}                 ${String(idle.nation).padStart(13)}`,
);
console.log(
  `\nfalse nation alerts per 100 country-years: ${sum.toFixed(2)} (aim: at most 1), over at least ${least.toFixed(0)} country-years of each cause`,
);
console.log(
  `load-shedding: ${shed_.over} of ${days} days drawn have more than half of the probes dark at once; the ${darkest} darkest were lived`,
);
if (seenMixed.size > 0) {
  console.log('\nshutdowns mixed with causes  events  nation alert  other alerts (windows)');
  for (const { name } of shutdowns.filter(wanted)) {
    const seen = seenMixed.get(name) ?? emptySeen();
    console.log(
      `${name.padEnd(27)} ${String(seen.windows).padStart(7)}  ${String(seen.nation).padStart(12)}  ${others(seen)}`,
    );
  }
  for (const { name } of ordinary) {
    const seen = seenMixed.get(name) ?? emptySeen();
    console.log(
      `(${name})`.padEnd(27) +
        ` ${String(seen.windows).padStart(7)}  ${String(seen.nation).padStart(12)}  ${others(seen)}`,
    );
  }
}
