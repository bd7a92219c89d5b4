/** One line a round, and one an incident's turn: what `journalctl` or `docker logs` shows of a month at a glance. */
import type { RoundOutcome, Sink } from '../model/outcome.ts';
import type { Round } from '../model/round.ts';
import type { IncidentEvent } from '../model/verdict.ts';
import { clockTrouble, isRightAgain } from './clock-words.ts';
import { duration } from './words.ts';

/** What is needed of a logger; pino has it. */
export interface Log {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
}

/**
 * `round 4711: x blocked (tls.reset.sni), facebook instagram youtube reachable`.
 * The held states; where this round alone shows something else, it says so behind them.
 */
export function roundLine(round: Round): string {
  const phrases = new Map<string, string[]>();
  for (const platform of Object.keys(round.platforms)) {
    const phrase = phraseOf(round, platform);
    phrases.set(phrase, [...(phrases.get(phrase) ?? []), platform]);
  }
  // What is shared by most comes last: the exception is the news.
  const parts = [...phrases].sort(([, a], [, b]) => a.length - b.length);
  const { state } = round.vantage;
  return [
    `round ${round.round}: ${state !== undefined && state !== 'online' ? `vantage ${state}, ` : ''}`,
    parts.map(([phrase, names]) => `${names.join(' ')} ${phrase}`).join(', ') || 'no platform',
  ].join('');
}

function phraseOf({ states, verdicts }: Round, platform: string): string {
  const held = states?.[platform]?.state;
  const verdict = verdicts?.[platform];
  const how = verdict?.mechanism ? ` (${verdict.mechanism})` : '';
  if (held === undefined || held === verdict?.state) return `${held ?? verdict?.state ?? 'inconclusive'}${how}`;
  return verdict === undefined ? held : `${held}, this round ${verdict.state}${how}`;
}

/** `incident x-20240120T1341 opened: x throttled (throttle.unknown), confidence high, since 13:40:02–13:41:00 UTC`. */
export function eventLine(event: IncidentEvent): string {
  const { incident, platform, platforms, state, mechanism, confidence } = event;
  const who = platform === '*' ? (platforms ?? []).join(' ') : platform;
  const [from, to] = [event.onset_earliest, event.onset_latest].map((time) => time.slice(11, 19));
  const ended = event.ended_latest === undefined ? '' : `, until ${event.ended_latest.slice(11, 19)}`;
  return `incident ${incident} ${event.event}: ${who} ${state}${mechanism ? ` (${mechanism})` : ''}, confidence ${confidence}, since ${from}–${to}${ended} UTC`;
}

/**
 * The log as a sink. A round is `info` with its duration (ms) and wire bytes; an incident's turn is `warn`, and so is a clock
 * that has gone wrong, once.
 */
export function logSink(log: Log): Sink {
  let before = 0;
  let interval: number | undefined;
  let wrongClock = false;
  return {
    name: 'log',
    accept({ round, events, duration_ms, bytes }: RoundOutcome) {
      const total = Object.values(bytes?.spent ?? {}).reduce(
        (sum, one) => sum + (one?.sent ?? 0) + (one?.received ?? 0),
        0,
      );
      const spent = bytes === undefined ? {} : { bytes: total >= before ? total - before : total };
      before = total;
      log.info({ ms: duration_ms, ...spent }, roundLine(round));
      // The byte budget makes rounds rarer, a suspicion more frequent: nobody should have to guess which.
      if (interval !== undefined && round.interval_ms !== interval) {
        log.info(
          {},
          `from here on a round every ${duration(round.interval_ms)}, before that every ${duration(interval)}`,
        );
      }
      interval = round.interval_ms;
      const { clock_skew_s } = round.vantage;
      const trouble = clockTrouble(clock_skew_s);
      if (trouble !== undefined && !wrongClock) {
        log.warn({ clock_skew_s }, trouble);
        wrongClock = true;
      }
      // A round that saw no clock but ours changes nothing.
      if (wrongClock && clock_skew_s !== undefined && isRightAgain(clock_skew_s)) {
        log.info({}, 'the clock is right again');
        wrongClock = false;
      }
      for (const event of events) log.warn({ incident: event.incident }, event.statement ?? eventLine(event));
    },
  };
}
