/** The resolvers of the practice Internet: what each says to a question, when, and who really said it. */
import type { QueryAction, Via } from './censor.ts';
import type { Distances } from './distance.ts';
import type { Policy } from './policy.ts';
import { ispResolver, publicResolvers, scopeOf } from './world.ts';
import type { RecordType, Told, Zone } from './zone.ts';

/** One answer on its way: `after_ms` counts from the question. */
export interface Coming extends Told {
  after_ms: number;
}

export interface Resolvers {
  /** Answers in the order of their arrival; none: silence. `undefined`: nobody serves DNS at that address. */
  ask(server: string, name: string, type: RecordType, transport: 'cleartext' | 'https'): Coming[] | undefined;
}

function said(action: Extract<QueryAction, { kind: 'answer' }>, type: RecordType): Told {
  const addresses = type === 'A' ? (action.ip4 ?? []) : type === 'AAAA' ? (action.ip6 ?? []) : [];
  return { rcode: action.rcode ?? 'NOERROR', addresses: [...addresses] };
}

export function createResolvers(policy: Policy, zone: Zone, distances: Distances): Resolvers {
  let turn = 0;
  const isp = distances.to('isp');

  /** What a resolver says that asks the world from `egress`, after the rules for its kind have had their way. */
  const honest = (name: string, type: RecordType, egress: string): Told => {
    turn += 1;
    return zone.lookup(name, type, egress, turn);
  };

  const resolve = (
    name: string,
    type: RecordType,
    via: Exclude<Via, 'cleartext'>,
    egress: string,
    rtt: number,
  ): Coming[] => {
    const truth = honest(name, type, egress);
    let coming: Coming[] = [{ ...truth, after_ms: rtt }];
    for (const action of policy.query(name, via)) {
      if (action.kind === 'mute') return [];
      if (action.kind === 'answer') return [{ ...said(action, type), after_ms: Math.min(rtt, isp) }];
      if (action.kind === 'race') {
        const { ip4, ip6 } = action;
        const forged = said({ kind: 'answer', ip4, ...(ip6 && { ip6 }) }, type);
        coming = [
          { ...forged, after_ms: distances.filter },
          { ...truth, after_ms: distances.filter + rtt },
        ];
      }
      if (action.kind === 'intercept') coming = [{ ...honest(name, type, ispResolver.egress), after_ms: isp }];
      if (action.kind === 'wildcard' && truth.rcode === 'NXDOMAIN') {
        coming = [{ rcode: 'NOERROR', addresses: type === 'A' ? [...action.ip4] : [], after_ms: rtt }];
      }
    }
    return coming;
  };

  /** The box in the house forwards to the provider's resolver, except for the names on its list. */
  const forward = (answers: Readonly<Record<string, QueryAction>>, name: string, type: RecordType): Coming[] => {
    const listed = Object.entries(answers).find(([pattern]) => pattern === name || name.endsWith(`.${pattern}`))?.[1];
    if (listed?.kind === 'mute') return [];
    if (listed?.kind === 'answer') return [{ ...said(listed, type), after_ms: distances.house }];
    return resolve(name, type, 'configured', ispResolver.egress, isp).map((coming) => ({
      ...coming,
      after_ms: coming.after_ms + distances.house,
    }));
  };

  return {
    ask(server, name, type, transport) {
      const house = policy.house(server);
      if (house !== undefined && !(server in publicResolvers)) return forward(house, name, type);
      if (server === ispResolver.ip4) return resolve(name, type, 'configured', ispResolver.egress, isp);
      const egress = publicResolvers[server];
      if (egress === undefined) return undefined;
      const rtt = distances.to(scopeOf(server));
      // Over HTTPS the way is travelled by the connection itself.
      return transport === 'https'
        ? resolve(name, type, 'trusted', egress, 0)
        : resolve(name, type, 'public', egress, rtt);
    },
  };
}
