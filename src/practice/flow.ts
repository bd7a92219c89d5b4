/**
 * One TCP flow through the provider's middlebox: the probe on one side, a server on the other, half a round trip
 * between them each way, and in between whatever the rules say.
 */
import { createConnection, type Socket } from 'node:net';
import type { FlowAction, Impostor } from './censor.ts';
import { readClientHello } from './client-hello.ts';
import type { Distances } from './distance.ts';
import type { Doors } from './doors.ts';
import type { Policy } from './policy.ts';
import { type RecordCounter, untilFirstWord } from './records.ts';
import { readRequestHead } from './request-head.ts';
import { openWay } from './way.ts';
import { scopeOf } from './world.ts';

export interface Surroundings {
  policy: Policy;
  distances: Distances;
  doors: Doors;
  random: () => number;
  /** Rate of the line for each flow and direction, bits per second. */
  line_bps: number | undefined;
}

export interface Flow {
  ip: string;
  port: number;
  /** Nothing passes any more: the address has been blocked under an open connection. */
  blackhole(): void;
}

/** Bytes that may be under way in one direction before the sender has to wait: a receive window without scaling pains. */
const window = 256 * 1024;
/** A filter that has not seen what it looks for by then lets the flow pass. */
const inspected = 32 * 1024;

/** Reads the first bytes: undefined while more are needed, else what the rules make of them. */
function inspect(policy: Policy, ip: string, port: number, bytes: Buffer): FlowAction[] | undefined {
  const hello = readClientHello(bytes);
  if (hello.kind === 'hello') return policy.hello(ip, port, hello);
  const head = readRequestHead(bytes);
  if (head.kind === 'head') return policy.request(ip, port, head.host);
  const undecided = hello.kind === 'incomplete' || head.kind === 'incomplete';
  return undecided && bytes.length < inspected ? undefined : [];
}

/** `divert`: the provider sends the whole connection elsewhere, whatever is said on it. */
export function openFlow(client: Socket, { ip, port }: { ip: string; port: number }, around: Surroundings): Flow {
  const { policy, distances, doors, random, line_bps } = around;
  const diverted = policy.path(ip, port).some((action) => action.kind === 'divert');
  const rtt = distances.to(diverted ? 'isp' : scopeOf(ip));
  let server: Socket | undefined;
  let seen: Buffer | undefined = Buffer.alloc(0);
  let muted: RecordCounter | undefined;
  let forged: NodeJS.Timeout | undefined;
  let dead = false;

  const paced = (socket: Socket | undefined, full: boolean) => (full ? socket?.pause() : socket?.resume());
  const up = openWay({
    delay_ms: rtt / 2,
    random,
    line_bps,
    deliver: (bytes) => server?.write(bytes),
    moved: () => up.in_flight < window && client.resume(),
  });
  const down = openWay({
    delay_ms: rtt / 2,
    random,
    line_bps,
    deliver: (bytes) => client.write(bytes),
    moved: () => paced(server, down.in_flight + client.writableLength >= window),
  });

  const connect = (impostor?: Impostor) => {
    const next = createConnection({ host: '127.0.0.1', port: doors.port, noDelay: true, allowHalfOpen: true });
    server?.destroy();
    server = next;
    next.on('connect', () => doors.expect(next.localPort ?? 0, { ip, port, impostor }));
    next.on('data', (bytes: Buffer) => {
      down.carry(bytes);
      paced(next, down.in_flight + client.writableLength >= window);
    });
    next.on('end', () => next === server && down.afterwards(() => client.end()));
    next.on('error', () => next === server && down.afterwards(() => client.resetAndDestroy()));
  };

  const blackhole = () => {
    dead = true;
    up.cut();
    down.cut();
    server?.destroy();
    client.resume();
  };
  /** A forged packet comes from the filter itself, long before an honest one could. */
  const forge = (packet: () => void, after_ms = distances.filter) => {
    blackhole();
    forged = setTimeout(packet, after_ms);
  };

  const act = (action: FlowAction) => {
    switch (action.kind) {
      case 'reset':
        return forge(() => client.resetAndDestroy());
      case 'close':
        return forge(() => client.end());
      case 'say':
        return forge(() => client.end(action.text));
      case 'hang_up':
        return forge(() => client.end(), rtt);
      case 'drop':
        return blackhole();
      case 'divert':
        return connect(action.to);
      case 'mute':
        muted = untilFirstWord();
        return;
      case 'freeze':
        return down.freezeAfter(action.after_bytes);
      case 'delay_handshake':
        return down.hold(action.ms);
      case 'police':
      case 'shape':
        up.limit(action.kind, action.bps, action.burst_bytes);
        return down.limit(action.kind, action.bps, action.burst_bytes);
      case 'impair':
        for (const way of [up, down]) {
          way.lengthen(action.delay_ms / 2);
          way.lose(action.loss);
        }
    }
  };

  const forward = (bytes: Buffer) => {
    const passing = muted === undefined ? bytes.length : muted.before(bytes);
    if (passing > 0) up.carry(bytes.subarray(0, passing));
    if (passing < bytes.length) up.cut();
    if (up.in_flight >= window) client.pause();
  };

  connect();
  for (const action of policy.path(ip, port)) act(action);

  client.on('data', (bytes: Buffer) => {
    if (dead) return;
    if (seen === undefined) return forward(bytes);
    seen = Buffer.concat([seen, bytes]);
    const actions = inspect(policy, ip, port, seen);
    if (actions === undefined) return;
    const first = seen;
    seen = undefined;
    for (const action of actions) act(action);
    if (!dead) forward(first);
  });
  client.on('end', () => {
    // Whatever the filter was still waiting for will not come.
    if (seen !== undefined && seen.length > 0 && !dead) forward(seen);
    seen = undefined;
    up.afterwards(() => server?.end());
    if (dead) client.end();
  });
  client.on('error', () => client.destroy());
  client.on('drain', () => down.in_flight < window && server?.resume());
  client.on('close', () => {
    clearTimeout(forged);
    server?.destroy();
    up.close();
    down.close();
  });
  return { ip, port, blackhole };
}
