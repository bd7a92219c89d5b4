/**
 * The rules of one round, in order. The first one with a verdict that matches sets state, basis and id; mechanisms and
 * notes are collected from every one that matches. Differentials stand before artefacts, so that on the same failure
 * the stronger evidence names the method; the numbers in the groups' comments are docs/methodology.md's.
 */

import type { Rule } from './rule.ts';
import { answerRules } from './rule-answer.ts';
import { dnsRules } from './rule-dns.ts';
import { failureRules } from './rule-failure.ts';
import { httpRules } from './rule-http.ts';
import { tlsRules } from './rule-tls.ts';
import { firstRules, lineRules, protocolRules } from './rule-vantage.ts';

/** Raised when a rule changes what it says of the same record. */
export const rulesVersion = '1';

export const rules: readonly Rule[] = [
  ...firstRules, // 0
  ...answerRules, // 11, 2, 3
  ...lineRules, // 4
  ...protocolRules, // 9
  ...dnsRules, // 1 (injection), 5
  ...tlsRules, // 6, 1
  ...httpRules, // 8
  ...failureRules, // 7, 10
];
