/** Reads the text exposition format, for tests that look at values. */

/** Series (`name{label="value"}` as printed) to value. */
export function parse(text: string): Map<string, number> {
  const series = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const at = line.lastIndexOf(' ');
    series.set(line.slice(0, at), Number(line.slice(at + 1)));
  }
  return series;
}

/** The series of one metric, or of those whose name begins with `prefix` and a label block holds all of `parts`. */
export function find(series: Map<string, number>, name: string, ...parts: string[]): [string, number][] {
  return [...series].filter(
    ([key]) => (key === name || key.startsWith(`${name}{`)) && parts.every((part) => key.includes(part)),
  );
}

/** The value of the only series that matches; fails for none and for several. */
export function only(series: Map<string, number>, name: string, ...parts: string[]): number {
  const found = find(series, name, ...parts);
  if (found.length !== 1) throw new Error(`${found.length} series of ${name} match ${parts.join(' ')}`);
  return found[0]![1];
}
