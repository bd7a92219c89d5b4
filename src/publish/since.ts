/** `?since=` of the API: a moment (RFC 3339) or a distance back from now (`90s`, `24h`, `7d`). */

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** RFC 3339 with an offset: `Date.parse` alone would take "1" for the year 2001. */
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/i;

/** Milliseconds since the epoch; undefined for what is neither. */
export function parseSince(text: string, wall_ms: number): number | undefined {
  const [, number, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (number !== undefined) return wall_ms - Number(number) * (units[unit] ?? 0);
  // A `+` in a query means a space, and hardly anybody escapes the one of "+05:00".
  const moment = text.replace(' ', '+');
  const at = rfc3339.test(moment) ? Date.parse(moment) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
