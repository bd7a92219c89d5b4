/** The rules in force, and the questions that the middlebox, the resolvers and the servers ask of them. */
import type {
  Censor,
  DatagramAction,
  FlowAction,
  QueryAction,
  Rule,
  SiteAction,
  SynAction,
  Via,
  ZoneAction,
} from './censor.ts';
import { concerns, matchesAny } from './world.ts';

/** Actions that decide the fate of a SYN; the others of a `syn` rule are for the flow that it opens. */
const fatal = ['drop', 'refuse', 'prohibit', 'no_route'] as const satisfies SynAction['kind'][];
export type FatalSyn = Extract<SynAction, { kind: (typeof fatal)[number] }>;

function isFatal(action: SynAction | FlowAction): action is FatalSyn {
  return fatal.some((kind) => kind === action.kind);
}

export interface Policy {
  replace(rules: Censor['rules']): void;
  syn(ip: string, port: number): FatalSyn | undefined;
  /** What happens to a flow from its beginning. */
  path(ip: string, port: number): FlowAction[];
  hello(ip: string, port: number, hello: { server_name: string | undefined; length: number }): FlowAction[];
  request(ip: string, port: number, host: string | undefined): FlowAction[];
  datagram(ip: string, port: number): DatagramAction | undefined;
  query(name: string, via: Exclude<Via, 'cleartext'>): QueryAction[];
  zone(name: string): ZoneAction | undefined;
  site(host: string): SiteAction[];
  /** The household resolver at this address, if there is one. */
  house(ip: string): Readonly<Record<string, QueryAction>> | undefined;
}

/** A ClientHello longer than this does not fit the one segment of an Ethernet path (1500 − 40 bytes of headers). */
const oneSegment = 1460;

export function createPolicy(): Policy {
  let rules: readonly Rule[] = [];
  const acted = new Map<Rule, number>();
  let tainted: { ip: string; until: number; rule: Extract<Rule, { on: 'hello' }> }[] = [];
  const pick = <On extends Rule['on']>(on: On) =>
    rules.filter((rule): rule is Extract<Rule, { on: On }> => rule.on === on);
  const syns = (ip: string, port: number) =>
    pick('syn')
      .filter(({ to }) => concerns(to, ip, port))
      .map((rule) => rule.do);

  return {
    replace(next) {
      rules = next;
      tainted = [];
      acted.clear();
    },
    syn: (ip, port) => syns(ip, port).find(isFatal),
    path: (ip, port) => syns(ip, port).filter((action) => !isFatal(action)),
    hello(ip, port, { server_name, length }) {
      const now = performance.now();
      const matching = pick('hello')
        .filter(({ to }) => concerns(to ?? {}, ip, port))
        .filter(({ names }) => !names || (server_name !== undefined && matchesAny(names, server_name)))
        .filter(({ large }) => large === undefined || large === length > oneSegment)
        .filter((rule) => rule.times === undefined || (acted.get(rule) ?? 0) < rule.times);
      const residual = tainted.filter(
        (taint) => taint.ip === ip && taint.until > now && !matching.includes(taint.rule),
      );
      for (const rule of matching) {
        acted.set(rule, (acted.get(rule) ?? 0) + 1);
        if (rule.residual_ms !== undefined) tainted.push({ ip, until: now + rule.residual_ms, rule });
      }
      return [...matching, ...new Set(residual.map(({ rule }) => rule))].map((rule) => rule.do);
    },
    request: (ip, port, host) =>
      pick('request')
        .filter(({ to }) => concerns(to ?? {}, ip, port))
        .filter(({ names }) => !names || (host !== undefined && matchesAny(names, host)))
        .map((rule) => rule.do),
    datagram: (ip, port) => pick('datagram').find(({ to }) => concerns(to, ip, port))?.do,
    query: (name, via) =>
      pick('query')
        .filter((rule) => rule.via === via || (rule.via === 'cleartext' && via !== 'trusted'))
        .filter(({ names, do: act }) => act.kind === 'intercept' || act.kind === 'wildcard' || matchesAny(names, name))
        .map((rule) => rule.do),
    zone: (name) => pick('zone').find(({ names }) => matchesAny(names, name))?.do,
    site: (host) =>
      pick('site')
        .filter(({ names }) => matchesAny(names, host))
        .map((rule) => rule.do),
    house(ip) {
      const found = pick('house').find(({ do: act }) => act.kind === 'resolver' && act.address === ip)?.do;
      return found?.kind === 'resolver' ? found.answers : undefined;
    },
  };
}
