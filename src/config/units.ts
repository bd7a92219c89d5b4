/** Durations and sizes as people write them. */

const durationUnits = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

/** One to five parts in falling order, as Prometheus has them: `60s`, `1h30m`, `250ms`. Months and years have no fixed length. */
export const durationPattern = /^(?=\d)(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,9})s)?(?:(\d{1,9})ms)?$/;

/** Milliseconds, or undefined when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  const parts = durationPattern.exec(text);
  if (parts === null) return undefined;
  return Object.values(durationUnits).reduce((sum, unit, index) => sum + Number(parts[index + 1] ?? 0) * unit, 0);
}

/** The shortest text that `parseDuration` reads back as the same number; `ms` is a whole number ≥ 0. */
export function formatDuration(ms: number): string {
  let rest = ms;
  let text = '';
  for (const [unit, length] of Object.entries(durationUnits)) {
    const count = Math.floor(rest / length);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * length;
  }
  return text === '' ? '0s' : text;
}

/** Decimal units are powers of 1000 and binary ones of 1024 (IEC 80000-13): a data plan is sold in the former. */
const sizeUnits = {
  TiB: 1024 ** 4,
  TB: 1000 ** 4,
  GiB: 1024 ** 3,
  GB: 1000 ** 3,
  MiB: 1024 ** 2,
  MB: 1000 ** 2,
  KiB: 1024,
  KB: 1000,
  B: 1,
} as const;

export const sizePattern = /^(\d{1,15}(?:\.\d{1,3})?)(B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)$/;

/** Bytes (whole), or undefined when the text is no size. */
export function parseSize(text: string): number | undefined {
  const parts = sizePattern.exec(text);
  if (parts === null) return undefined;
  return Math.round(Number(parts[1]) * sizeUnits[parts[2] as keyof typeof sizeUnits]);
}

/** The text in the largest unit that divides the number of bytes; read back as the same number. */
export function formatSize(bytes: number): string {
  const unit = (Object.keys(sizeUnits) as (keyof typeof sizeUnits)[]).find(
    (name) => bytes >= sizeUnits[name] && bytes % sizeUnits[name] === 0,
  );
  return unit === undefined ? `${bytes}B` : `${bytes / sizeUnits[unit]}${unit}`;
}
