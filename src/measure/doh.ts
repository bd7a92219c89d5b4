/**
 * DNS over HTTPS (RFC 8484) to the trusted resolvers: reached by literal address, so that no cleartext query names
 * them, and believed only over a verified chain. One connection each, kept alive between rounds.
 */
import { Client } from 'undici';
import type { TrustedResolver } from '../model/target.ts';
import { connect, rounded } from './connect.ts';
import { type Deadline, deadline } from './deadline.ts';
import { type DnsAnswerMessage, encodeQuery, type Question, readAnswer } from './dns-message.ts';
import { handshake } from './handshake.ts';
import { createLagGuard } from './lag.ts';
import type { Network } from './network.ts';
import type { Trust } from './trust.ts';

/** RFC 1035's message limit; RFC 8484 section 6 has the same. */
const most_answer_bytes = 65_535;
/** Two rounds of the default interval: the next round finds the connection warm. */
const keep_alive_ms = 130_000;
/** RFC 8484 section 4.1: id 0 lets caches work. */
const doh_id = 0;

export interface DohReply {
  /** Undefined: nobody answered, or not in DNS (`garbage`). */
  message?: DnsAnswerMessage | undefined;
  /** A verified server answered, but with no usable DNS message. */
  garbage: boolean;
  at_ms: number;
}

export interface DohClients {
  /** Asks one trusted resolver. Never rejects; whatever goes wrong is an answer that did not come. */
  query(resolver: TrustedResolver, question: Question, timeout_ms: number, signal: AbortSignal): Promise<DohReply>;
  close(): Promise<void>;
}

interface DohParts {
  network: Pick<Network, 'connectTcp' | 'monotonic'>;
  trust: Trust;
  user_agent: string;
}

interface Kept {
  client: Client;
  /** A query was answered on it: should the next one fail at once, the connection had only gone stale. */
  proven: boolean;
  /** The deadline of the query that asks now: the connection may have to be made anew for it. */
  limit: Deadline;
}

export function createDohClients({ network, trust, user_agent }: DohParts): DohClients {
  const kept = new Map<string, Kept>();
  // Its phases are not published: a guard of its own keeps them out of the round's account.
  const lag = createLagGuard(() => network.monotonic());

  /** The one way to the resolver: its literal address, its name verified. */
  async function dial({ url, address }: TrustedResolver, limit: Deadline) {
    const { hostname, port } = new URL(url);
    const timeout_ms = keep_alive_ms; // the query's own deadline is the shorter one
    const target = { ip: address, port: Number(port || 443), timeout_ms };
    const connected = await connect(target, { network, lag }, limit.signal);
    if (!connected.value) throw new Error(connected.fact.failure?.reason);
    const socket = connected.value;
    const server_name = hostname.replace(/^\[|\]$/g, '');
    const alpn = ['h2', 'http/1.1'];
    const { fact, value } = await handshake(
      { socket, server_name, alpn, timeout_ms },
      { network, lag, trust },
      limit.signal,
    );
    if (!value) throw new Error(fact.failure?.reason);
    if (fact.tls?.error) {
      value.destroy();
      throw new Error(fact.tls.error);
    }
    // Kept alive, it must not keep the process alive.
    value.unref();
    socket.unref();
    return value;
  }

  function clientFor(resolver: TrustedResolver, limit: Deadline): Kept {
    const key = `${resolver.url} ${resolver.address}`;
    const old = kept.get(key);
    if (old) {
      old.limit = limit;
      return old;
    }
    const client = new Client(new URL(resolver.url).origin, {
      keepAliveTimeout: keep_alive_ms,
      keepAliveMaxTimeout: keep_alive_ms,
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: 16_384,
      maxResponseSize: most_answer_bytes,
      initialWindowSize: most_answer_bytes,
      connectionWindowSize: most_answer_bytes,
      h2Options: { pingInterval: 0 },
      connect(_options, callback) {
        dial(resolver, fresh.limit).then(
          (socket) => callback(null, socket),
          (error: Error) => callback(error, null),
        );
      },
    });
    const fresh: Kept = { client, proven: false, limit };
    kept.set(key, fresh);
    return fresh;
  }

  function drop(entry: Kept): Promise<void> {
    for (const [key, value] of kept) if (value === entry) kept.delete(key);
    return entry.client.destroy().catch(() => {});
  }

  /** One exchange; rejects when no answer came. */
  async function exchange(
    { client }: Kept,
    url: URL,
    question: Question,
    limit: Deadline,
  ): Promise<Uint8Array | undefined> {
    const body = Buffer.from(encodeQuery(doh_id, question));
    return await new Promise((resolve, reject) => {
      const parts: Buffer[] = [];
      let usable = false;
      client.dispatch(
        {
          method: 'POST',
          path: `${url.pathname}${url.search}`,
          headers: {
            'user-agent': user_agent,
            accept: 'application/dns-message',
            'content-type': 'application/dns-message',
          },
          body,
        },
        {
          onRequestStart(controller) {
            if (limit.signal.aborted) controller.abort(limit.signal.reason);
            limit.signal.addEventListener('abort', () => controller.abort(limit.signal.reason), { once: true });
          },
          onResponseStart(_controller, status, headers) {
            if (status < 200) return;
            usable = status === 200 && String(headers['content-type']).startsWith('application/dns-message');
          },
          onResponseData(_controller, chunk) {
            if (usable) parts.push(chunk);
          },
          onResponseEnd() {
            resolve(usable ? Buffer.concat(parts) : undefined);
          },
          onResponseError(_controller, error) {
            reject(error);
          },
        },
      );
    });
  }

  async function query(
    resolver: TrustedResolver,
    question: Question,
    timeout_ms: number,
    signal: AbortSignal,
  ): Promise<DohReply> {
    const start = network.monotonic();
    const limit = deadline(timeout_ms, signal);
    try {
      for (;;) {
        const entry = clientFor(resolver, limit);
        try {
          const data = await exchange(entry, new URL(resolver.url), question, limit);
          entry.proven = true;
          const message = data && readAnswer(data, doh_id, question);
          return { message, garbage: message === undefined, at_ms: rounded(network.monotonic() - start) };
        } catch {
          const stale = entry.proven;
          await drop(entry);
          if (!stale || limit.signal.aborted) break;
        }
      }
    } finally {
      limit.end();
    }
    return { garbage: false, at_ms: rounded(network.monotonic() - start) };
  }

  return {
    query,
    async close() {
      await Promise.all([...kept.values()].map(drop));
    },
  };
}
