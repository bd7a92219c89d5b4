/** Binds downloads to the measuring steps: which object, from which address, and what to remember of objects. */
import { hostOf } from '../measure/attempt.ts';
import { beacon } from '../measure/beacon.ts';
import { discover } from '../measure/discover.ts';
import type { Instruments } from '../measure/instruments.ts';
import type { Observed } from '../measure/observe.ts';
import { type Transferred, transfer } from '../measure/transfer.ts';
import type { ExperimentFact } from '../model/round.ts';
import type { Beacon } from '../model/target.ts';
import type { Contacts } from './contacts.ts';
import type { Meter } from './meter.ts';
import type { PlannedTarget } from './plan.ts';

/** An object that was found is used for a day; where none was found the pages are read again after an hour. */
const keepFoundMs = 86_400_000;
const keepNoneMs = 3_600_000;
/**
 * Where a page did not answer, in the next round with a turn: one lost packet must not cost an hour without goodput. So often in a
 * row, and then after an hour too: a page that is blocked while the objects' host is not would be waited for in every round.
 */
const mostUnheard = 3;
/** Longer than a download's sample and its repetition in one round are apart, shorter than rounds are. */
const keepUnheardMs = 5000;

/** Ordinary downloads stop after so much plateau, ms (docs/methodology.md: 2.5 s). */
const plateauMs = 2500;

/** A download ends so long before the round does, ms: cut by the round it would say nothing, cut by itself it counts. */
const marginMs = 150;

export interface TransferSettings {
  /** Of an object, and for its answer. */
  bytes: number;
  timeout_ms: number;
  /** For the steps of finding one. */
  step_timeout_ms: number;
  dns_timeout_ms: number;
  system: boolean;
  beacons: readonly Beacon[];
  /** A name that nobody blocks. */
  neutral_name: string;
}

export interface Patience {
  bytes: number;
  plateau_ms: number;
  /** Time that is left of the round. */
  most_ms: number;
}

export interface TransferWork {
  /** As much as the configuration says. */
  ordinary: Omit<Patience, 'most_ms'>;
  /** The object of a target: its own URL, or one found in its pages; undefined when there is none. */
  sizedObject(planned: PlannedTarget, observed: Observed, signal: AbortSignal): Promise<URL | undefined>;
  /** The object that was found for this target is no object any more. */
  forget(target: string): void;
  /** Downloads from the address that was observed; undefined when none was dialled. */
  download(url: URL, observed: Observed, how: Patience, signal: AbortSignal): Promise<Transferred | undefined>;
  /** The name that was observed, and a neutral one, on a helper of our own; `most_ms`: time that is left of the round. */
  beacon(observed: Observed, most_ms: number, signal: AbortSignal): Promise<ExperimentFact[]>;
}

export function createTransferWork(
  settings: TransferSettings,
  configured: () => Promise<readonly string[]>,
  contacts: Contacts,
  instruments: Instruments,
  during: Meter['during'],
): TransferWork {
  const { network } = instruments;
  const objects = new Map<string, { url: URL | undefined; until: number; unheard: number }>();
  const dialledFirst = ({ dialled }: Observed) => dialled.find(({ hop }) => hop === 0);

  return {
    ordinary: { bytes: settings.bytes, plateau_ms: plateauMs },
    forget: (target) => void objects.delete(target),
    async sizedObject({ target, ip_protocol }, observed, signal) {
      if (target.transfer) return new URL(target.url);
      if (target.transfer_candidates.length === 0) return undefined;
      const known = objects.get(target.name);
      if (known && network.monotonic() < known.until) return known.url;
      const place = dialledFirst(observed);
      if (!place) return undefined;
      const { step_timeout_ms: timeout_ms, dns_timeout_ms, system } = settings;
      const input = {
        host: place.host,
        candidates: target.transfer_candidates,
        ip: place.ip,
        ip_protocol,
        configured: await configured(),
        system,
        timeout_ms,
        dns_timeout_ms,
      };
      const found = await during('transfer', () => discover(input, instruments, signal));
      const url = found instanceof URL ? found : undefined;
      // Cut by the round's end nothing is known: the next time asks again.
      if (!url && signal.aborted) return undefined;
      const unheard = found === 'unheard' ? (known?.unheard ?? 0) + 1 : 0;
      const keep_ms = url ? keepFoundMs : unheard % mostUnheard === 0 ? keepNoneMs : keepUnheardMs;
      objects.set(target.name, { url, until: network.monotonic() + keep_ms, unheard });
      return url;
    },
    async download(url, observed, { bytes, plateau_ms, most_ms }, signal) {
      const place = dialledFirst(observed);
      if (!place) return undefined;
      const { timeout_ms } = settings;
      const ends_at = network.monotonic() + most_ms - marginMs;
      const input = { url, ip: place.ip, source: place.source, bytes, timeout_ms, ends_at, plateau_ms };
      const done = await during('transfer', () => transfer(input, instruments, signal));
      contacts.touch(place.ip, network.monotonic());
      return done;
    },
    async beacon({ last_url }, most_ms, signal) {
      const input = {
        beacons: settings.beacons,
        host: hostOf(new URL(last_url)),
        neutral_name: settings.neutral_name,
        bytes: settings.bytes,
        plateau_ms: plateauMs,
        timeout_ms: settings.timeout_ms,
        ends_at: network.monotonic() + most_ms - marginMs,
        rested_s: (ip: string) => contacts.rested_s(ip, network.monotonic()),
        touch: (ip: string) => contacts.touch(ip, network.monotonic()),
      };
      return during('experiment', () => beacon(input, instruments, signal));
    },
  };
}
