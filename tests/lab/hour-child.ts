/**
 * The daemon's own rounds, one after the other without the waiting between them: runs inside the vantage's namespace and is
 * told by `bytes.ts` how many slots to go through. Its clock jumps from slot to slot, so that whatever is due every five
 * minutes or every hour is due as in a day of real rounds; within a round time is real.
 *
 * `node tests/lab/hour-child.ts CONFIG`; a line `slots N` on standard input, then one JSON line a round and `{"done":true}`.
 */
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { readAnchors } from '../../src/commands/anchors.ts';
import { createStation, slotOf } from '../../src/commands/station.ts';
import { load } from '../../src/config/load.ts';
import type { Network } from '../../src/measure/network.ts';
import { createRealNetwork } from '../../src/measure/real.ts';
import type { ByteAccount } from '../../src/model/outcome.ts';

/** One round as it cost: `account` is what the daemon says, the others what the kernel counted on the only wire. */
export interface Cost {
  slot: number;
  account: { sent: number; received: number };
  purposes: Record<string, number>;
  wire: { sent: number; received: number };
  connections: number;
  datagrams: number;
  ms: number;
  /** Platforms that something is suspected of, or that are not held reachable. */
  suspect: string[];
}

/** Time for the last segments of a round's connections (40 ms away and back) to be on the wire and counted, ms. */
const settle_ms = 250;
/** Kept-alive connections are gone by then in a real day (`measure/doh.ts`), ms. */
const keep_alive_ms = 130_000;

const { config } = load({ flags: { 'config.file': process.argv[2] }, env: {}, terminal: false });
const slot_ms = slotOf(config);
let ahead = 0;
/** The day begins with the first round: what is left of a day must not depend on when the lab is run. */
const midnight = 86_400_000 - (Date.now() % 86_400_000);
const real = createRealNetwork(config.experiments);
const kept = new Map<Socket, number>();
const network: Network = {
  ...real,
  async connectTcp(...args) {
    const socket = await real.connectTcp(...args);
    kept.set(socket, network.monotonic());
    socket.once('close', () => kept.delete(socket));
    return socket;
  },
  monotonic: () => real.monotonic() + ahead,
  uptime: () => real.uptime() + ahead,
  wall: () => real.wall() + midnight + ahead,
};
const station = createStation({
  config,
  network,
  ca_pem: readAnchors(config.tls.ca_file),
  store: undefined,
  vantage_id: 'lab',
  address_salt: '00',
});

function counters() {
  const [received, , , , , , , , sent] = (/eth0:\s*(.*)/.exec(readFileSync('/proc/net/dev', 'utf8'))?.[1] ?? '')
    .split(/\s+/)
    .map(Number);
  const snmp = readFileSync('/proc/net/snmp', 'utf8');
  const field = (protocol: string, name: string) => {
    const [names, values] = [...snmp.matchAll(new RegExp(`^${protocol}: (.*)$`, 'gm'))].map((line) =>
      line[1]!.split(' '),
    );
    return Number(values?.[names?.indexOf(name) ?? -1]);
  };
  return {
    received: received!,
    sent: sent!,
    connections: field('Tcp', 'ActiveOpens'),
    datagrams: field('Udp', 'OutDatagrams'),
  };
}

const total = (spent: ByteAccount['spent'], way: 'sent' | 'received') =>
  Object.values(spent).reduce((sum, one) => sum + (one?.[way] ?? 0), 0);

let slot = 0;
let before = counters();
let booked: ByteAccount['spent'] = {};

async function goThrough(slots: number): Promise<void> {
  for (const last = slot + slots; slot < last; ) {
    slot += 1;
    const began = real.monotonic();
    const outcome = await station.rounds.next(slot, 0, new AbortController().signal);
    const ms = Math.round(real.monotonic() - began);
    if (outcome) {
      await sleep(settle_ms);
      const now = counters();
      const spent: ByteAccount['spent'] = outcome.bytes?.spent ?? {};
      const account = {
        sent: total(spent, 'sent') - total(booked, 'sent'),
        received: total(spent, 'received') - total(booked, 'received'),
      };
      const purposes = Object.fromEntries(
        (Object.keys(spent) as (keyof typeof spent)[]).map((purpose) => {
          const [one, old] = [spent[purpose], booked[purpose]];
          return [purpose, (one?.sent ?? 0) + (one?.received ?? 0) - (old?.sent ?? 0) - (old?.received ?? 0)];
        }),
      );
      const cost: Cost = {
        slot,
        account,
        purposes,
        wire: { sent: now.sent - before.sent, received: now.received - before.received },
        connections: now.connections - before.connections,
        datagrams: now.datagrams - before.datagrams,
        ms,
        suspect: Object.entries(outcome.detail?.platforms ?? {}).flatMap(([name, { suspect }]) =>
          suspect ? [name] : [],
        ),
      };
      console.log(JSON.stringify(cost));
      before = now;
      booked = structuredClone(spent);
    }
    ahead += slot_ms - (real.monotonic() - began);
    for (const [socket, since] of kept) if (network.monotonic() - since > keep_alive_ms) socket.destroy();
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  await goThrough(Number(/^slots (\d+)$/.exec(line)?.[1] ?? 0));
  console.log('{"done":true}');
}
await station.close();
