/** The shipped rule files, and the order in which a test evaluates their groups. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

export const folder = path.resolve(import.meta.dirname, '../../config/prometheus');
export const ruleFiles = ['rules.yaml', 'asn-excluded.yaml', 'alerts.yaml'].map((name) => path.join(folder, name));
/** The example weights, which speak of the invented country ZZ only. */
export const weights = path.join(folder, 'asn-weight.yaml');

/**
 * The groups in the order of the files, in which each reads the ones before. Without it promtool evaluates the groups of
 * one instant in a random order (it walks a Go map), and what depends on two groups comes an evaluation later in one run
 * than in the next.
 */
export const groupOrder = ['asn-excluded.yaml', 'asn-weight.yaml', 'rules.yaml', 'alerts.yaml'].flatMap((name) =>
  (parse(readFileSync(path.join(folder, name), 'utf8')).groups as { name: string }[]).map((group) => group.name),
);
