/**
 * The air of one round: everything that acts on the line and on each path while it is measured. Troubles and
 * interference write it, `exchange.ts` and `transfer.ts` read it. One object per trace, reset only where touched.
 */
export const failModes = [
  'none',
  'dns',
  'reset',
  'blackhole',
  'freeze',
  'refused',
  'ip6',
  /** The platform's own fault: EOF, time-out or refusal, no artefact, no differential. */
  'hiccup',
] as const;
export type FailMode = (typeof failModes)[number];

export class Air {
  /** No round is measured at all: power cut, sleep, killed daemon. */
  off = false;
  /** Minutes between which the line is down; a round may straddle either end. */
  down_from = Number.POSITIVE_INFINITY;
  down_to = Number.NEGATIVE_INFINITY;
  /** Packet loss on the line, chance that a new connection gets no port (CGNAT), rate left, queue. */
  loss = 0;
  starved = 0;
  rate = 1;
  queue_ms = 0;
  /** Wall clock against true time. */
  clock_ms = 0;

  readonly rtt: Float64Array;
  readonly path_loss: Float64Array;
  readonly path_rate: Float64Array;
  /** Factor on the handshake alone, and what is added to it, ms. */
  readonly handshake: Float64Array;
  readonly handshake_ms: Float64Array;
  /** Rate limit of a flow, bits per second; `burst` lets the handshake through unharmed. */
  readonly limit_bps: Float64Array;
  readonly burst: Uint8Array;
  /** Index into `failModes`, and the chance that an exchange meets it. */
  readonly fail: Uint8Array;
  readonly fail_share: Float64Array;
  readonly status: Int16Array;
  /** Somebody wrote a path's entry this round: the next reset has work to do. */
  touched = true;

  constructor(paths: number) {
    this.rtt = new Float64Array(paths);
    this.path_loss = new Float64Array(paths);
    this.path_rate = new Float64Array(paths);
    this.handshake = new Float64Array(paths);
    this.handshake_ms = new Float64Array(paths);
    this.limit_bps = new Float64Array(paths);
    this.burst = new Uint8Array(paths);
    this.fail = new Uint8Array(paths);
    this.fail_share = new Float64Array(paths);
    this.status = new Int16Array(paths);
  }

  /** Fine weather again. */
  clear(): void {
    this.off = false;
    this.down_from = Number.POSITIVE_INFINITY;
    this.down_to = Number.NEGATIVE_INFINITY;
    this.loss = 0;
    this.starved = 0;
    this.rate = 1;
    this.queue_ms = 0;
    this.clock_ms = 0;
    if (!this.touched) return;
    this.touched = false;
    this.rtt.fill(1);
    this.path_loss.fill(0);
    this.path_rate.fill(1);
    this.handshake.fill(1);
    this.handshake_ms.fill(0);
    this.limit_bps.fill(Number.POSITIVE_INFINITY);
    this.burst.fill(0);
    this.fail.fill(0);
    this.fail_share.fill(1);
    this.status.fill(200);
  }

  /** Makes exchanges on these paths end in `mode`. */
  break(paths: readonly number[], mode: FailMode, share = 1): void {
    this.touched = true;
    const index = failModes.indexOf(mode);
    for (const p of paths) {
      this.fail[p] = index;
      this.fail_share[p] = share;
    }
  }

  /** Stretches round trips, loses packets and takes rate away on these paths. */
  worsen(paths: readonly number[], by: { rtt?: number; loss?: number; rate?: number }): void {
    this.touched = true;
    for (const p of paths) {
      this.rtt[p]! *= by.rtt ?? 1;
      this.path_loss[p] = Math.max(this.path_loss[p]!, by.loss ?? 0);
      this.path_rate[p]! *= by.rate ?? 1;
    }
  }

  /** Limits every flow on these paths. */
  limit(paths: readonly number[], bps: number, burst: boolean): void {
    this.touched = true;
    for (const p of paths) {
      this.limit_bps[p] = bps;
      this.burst[p] = burst ? 1 : 0;
    }
  }
}

/** Something that lasts from one minute to another and acts on the air. `kind` names it in the tables. */
export interface Trouble {
  kind: string;
  from: number;
  to: number;
  /** The device starts afresh afterwards: uptime begins at 0. */
  reboots?: boolean;
  act(air: Air, minute: number): void;
}
