/** The acceptance table, row by row. */
import { further } from './further.ts';
import { innocent } from './innocent.ts';
import { dns, http, path, tls } from './interference.ts';
import { line } from './line.ts';
import type { Scenario } from './scenario.ts';

export const scenarios: readonly Scenario[] = [...innocent, ...line, ...dns, ...path, ...tls, ...http, ...further];
