/** Clock times for people: in the vantage's own zone, which is named, because a quotation travels. */

export interface LocalTime {
  /** `18:41`. */
  clock: string;
  /** `20 January 2024`. */
  date: string;
  /** `UTC+5`, `UTC+5:30`, `UTC`. */
  zone: string;
}

/** Wall-clock seconds in an IANA time zone; a zone that does not exist reads as UTC. */
export function localTime(seconds: number, timezone: string): LocalTime {
  const date = new Date(Math.max(0, Math.min(seconds, 253_402_300_799)) * 1000);
  try {
    return written(date, timezone);
  } catch {
    return written(date, 'UTC');
  }
}

/** The formatter used last: to make one takes longer than to judge ten rounds, and nobody asks for two zones. */
let formatter: { timeZone: string; format: Intl.DateTimeFormat } | undefined;

function formatterFor(timeZone: string): Intl.DateTimeFormat {
  if (formatter?.timeZone !== timeZone) {
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      day: 'numeric',
      month: 'long',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'longOffset',
    });
    formatter = { timeZone, format };
  }
  return formatter.format;
}

function written(date: Date, timeZone: string): LocalTime {
  const parts = formatterFor(timeZone).formatToParts(date);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((p) => p.type === type)?.value ?? '';
  const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(part('timeZoneName')) ?? [];
  const zone =
    sign === undefined || `${hours}${minutes}` === '0000'
      ? 'UTC'
      : `UTC${sign}${Number(hours)}${minutes === '00' ? '' : `:${minutes}`}`;
  return {
    clock: `${part('hour')}:${part('minute')}`,
    date: `${part('day')} ${part('month')} ${part('year')}`,
    zone,
  };
}

/**
 * `18:40–18:41 (UTC+5) on 20 January 2024`; one time where both fall into the same minute; both dates across midnight.
 * `day`: a date that the reader has been told already and that is left out.
 */
export function clockRange([from, to]: readonly [number, number], timezone: string, day = ''): string {
  const a = localTime(from, timezone);
  const b = localTime(to, timezone);
  if (a.date !== b.date) return `${a.clock} on ${a.date} – ${b.clock} on ${b.date} (${b.zone})`;
  const clock = a.clock === b.clock ? a.clock : `${a.clock}–${b.clock}`;
  return b.date === day ? clock : `${clock} (${b.zone}) on ${b.date}`;
}
