/** The real data sets: the extracts in this repository, or the full sets where `--data` says. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fold } from '../../../src/judge/judge.ts';
import { readNdt, scoreNdt } from '../real/ndt.ts';
import { readShao, scoreShao } from '../real/shao.ts';
import { countedRefusals, readRefusals, scoreRefusals } from '../real/upptime.ts';
import type { Real } from './gates.ts';
import { detectorsOf } from './job.ts';
import type { Variant } from './pool.ts';

const extracts = fileURLToPath(new URL('../data', import.meta.url));
/** RIPE Atlas samples come every four minutes. */
const SHAO_INTERVAL = 240_000;

/** Runs detectors over the real sets; those that `directory` does not hold come from the extracts. */
export function measureReal(variants: readonly Variant[], rivals: boolean, directory: string = extracts): Real {
  const find = (...names: string[]) => names.map((name) => join(directory, name)).find((path) => existsSync(path));
  const shao = find('shao-ripe-atlas-rtt/real_trace_labelled', 'shao-ripe-atlas-rtt');
  const upptime = find('upptime-social');
  const ndt = find('ndt-raspberrypi-brazil');
  return {
    ...(shao ? { shao: scoreShao(readShao(shao), () => detectorsOf(variants, rivals, SHAO_INTERVAL)) } : {}),
    ...(ndt ? { ndt: scoreNdt(readNdt(ndt), () => detectorsOf(variants, rivals)) } : {}),
    ...(upptime ? { refusals: scoreRefusals([...countedRefusals, ...readRefusals(upptime)], fold) } : {}),
  };
}
