/** Whether the phases that the program reports are the ones that the wire had. */
import type { Round } from '../../src/model/round.ts';
import type { Phase } from '../../src/model/vocabulary.ts';
import type { Lab } from './lab.ts';
import { probe } from './product.ts';
import { type Report, tolerance } from './report.ts';

/** Every sample of a phase in exchanges that ended well, ascending. */
const samplesOf = (rounds: readonly Round[], phase: Phase): number[] =>
  rounds
    .flatMap(({ platforms, controls }) => [...Object.values(platforms).flat(), ...controls])
    .flatMap(({ outcome, phases }) => (outcome === 'ok' && phases?.[phase] !== undefined ? [phases[phase]] : []))
    .sort((a, b) => a - b);

/** The best tenth: whatever else the machine does can only add to a phase, and test machines are busy. */
const bestOf = (samples: readonly number[]) => samples[Math.floor(samples.length / 10)] ?? Number.NaN;

/** A round trip each for connect, the TLS 1.3 handshake and the first byte; what computing adds is seen at 0 ms. */
export async function checkPhases(lab: Lab, report: Report): Promise<void> {
  // the handshake computes signatures and key exchanges at both ends: its own share is what it takes at 0 ms
  let atZero = 0;
  for (const rtt of [0, 80]) {
    await lab.setRtt(rtt);
    const rounds: Round[] = [];
    for (let i = 0; i < 2; i++) {
      const { round } = await probe(lab, []);
      if (round) rounds.push(round);
    }
    for (const phase of ['connect', 'tls', 'processing'] as const) {
      const samples = samplesOf(rounds, phase);
      const ms = bestOf(samples);
      if (phase === 'tls' && rtt === 0) atZero = ms;
      const computing = phase === 'tls' ? atZero : 0;
      const wrong: string[] = [];
      // no machine is so slow that light gets faster; half a millisecond is what two clocks may disagree about
      if (!(samples[0]! >= rtt - 0.5)) wrong.push(`the shortest of ${samples.length} says ${samples[0]} ms`);
      if (!(Math.abs(ms - computing - rtt) <= tolerance(rtt))) wrong.push(`${samples.join(' ')}`);
      const own = computing ? `, of which ${computing.toFixed(1)} at 0 ms` : '';
      report(
        `phases: ${phase}`,
        `${rtt} ± ${tolerance(rtt)} ms`,
        `${ms.toFixed(1)} ms${own}`,
        wrong.length === 0,
        wrong,
      );
    }
  }
  await lab.setRtt(40);
}
