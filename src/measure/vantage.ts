/** The place that we look from: who resolves for us, and in which country. Asked seldom, by the agent's plan. */
import type { VantageFacts } from '../model/round.ts';
import type { TrustedResolver } from '../model/target.ts';
import type { IpProtocol, ResolverScope } from '../model/vocabulary.ts';
import { detectCountry } from './country.ts';
import type { Instruments } from './instruments.ts';
import { resolverScope } from './resolver-scope.ts';
import { whoami } from './whoami.ts';

export interface VantageInput {
  /** The configured resolvers; `stub`: only a forwarder on loopback is known. */
  configured: readonly string[];
  stub: boolean;
  /** Asked who they are too: an answer that names the provider shows interception. Empty: not this time. */
  public: readonly string[];
  /** The first one gives the true answer to the advertisement name. */
  trusted: readonly TrustedResolver[];
  /** getaddrinfo may be used. */
  system: boolean;
  /** What the operator says; `auto`: by a whoami name. */
  scope: 'auto' | Exclude<ResolverScope, 'unknown'>;
  /** Ask a trace page for the country. */
  detect_country: boolean;
  ip_protocol: IpProtocol;
  timeout_ms: number;
  dns_timeout_ms: number;
}

/** Finds out. Never throws; what could not be found out is absent, except the scope, which is then `unknown`. */
export async function vantageFacts(
  input: VantageInput,
  instruments: Instruments,
  signal: AbortSignal,
): Promise<Pick<VantageFacts, 'dns' | 'resolver_scope' | 'country'>> {
  const { configured, stub, system, ip_protocol, timeout_ms, dns_timeout_ms } = input;
  const asked = { configured, public: input.public, trusted: input.trusted, timeout_ms: dns_timeout_ms };
  const [facts, country] = await Promise.all([
    whoami(asked, instruments, signal),
    input.detect_country
      ? detectCountry({ configured, system, ip_protocol, timeout_ms, dns_timeout_ms }, instruments, signal)
      : undefined,
  ]);
  return {
    dns: facts,
    resolver_scope: input.scope === 'auto' ? resolverScope({ configured, stub, facts }) : input.scope,
    ...(country === undefined ? {} : { country }),
  };
}
