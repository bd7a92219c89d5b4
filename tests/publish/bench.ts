/**
 * What a round and a scrape cost at about 420 and 2,000 series: `node tests/publish/bench.ts`.
 * Medians of 50, milliseconds on one core; between rounds, so that no measured phase pays for it.
 */
import type { RoundOutcome } from '../../src/model/outcome.ts';
import { parse } from './exposition.ts';
import { incident } from './outcomes.ts';
import { metrics, scope } from './scope.ts';

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** The incident with every platform `times` over, under other names. */
function multiplied(times: number): RoundOutcome {
  const outcome = incident();
  const { round, detail } = outcome;
  for (const [name, observations] of Object.entries(round.platforms)) {
    for (let n = 1; n < times; n += 1) {
      const copy = `${name}${n}`;
      round.platforms[copy] = observations.map((one) => ({ ...one, target: `${one.target}${n}` }));
      round.companies[copy] = round.companies[name] ?? name;
      if (round.states?.[name]) round.states[copy] = round.states[name];
      if (round.verdicts?.[name]) round.verdicts[copy] = round.verdicts[name];
      if (detail?.platforms[name]) detail.platforms[copy] = detail.platforms[name];
    }
  }
  return outcome;
}

for (const times of [1, 2, 8]) {
  const outcome = multiplied(times);
  const platforms = Object.entries(outcome.round.platforms).map(([name, observations]) => ({
    name,
    enabled: true,
    targets: observations.map(({ target }) => ({
      name: target,
      url: '',
      transfer: false,
      transfer_candidates: [],
      addresses: [],
    })),
  }));
  const sink = metrics({ scope: { ...scope(), platforms } });
  const [accepts, renders]: [number[], number[]] = [[], []];
  let text = '';
  for (let n = 0; n < 50; n += 1) {
    const start = performance.now();
    await sink.accept(outcome);
    const taken = performance.now();
    text = await sink.render();
    accepts.push(taken - start);
    renders.push(performance.now() - taken);
  }
  console.log(
    `${parse(text).size} series: round ${median(accepts).toFixed(2)} ms, scrape ${median(renders).toFixed(2)} ms, ${Math.round(text.length / 1000)} kB`,
  );
}
