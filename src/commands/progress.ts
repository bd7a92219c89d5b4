/** How far a long reading is, for a person who waits: one line that is written over, on a terminal only. */

/** Time between two drawings, ms: often enough to see it move. */
const every = 250;

export interface Progress {
  /** So many bytes of this file are done, and so many rounds in all. */
  advance(file: string, offset: number, rounds: number): void;
  finish(file: string): void;
  /** Writes a line of its own above the progress. */
  aside(line: string): void;
  end(): void;
}

/** `sizes`: bytes by file, undefined where they are not known; then rounds are counted without a share. */
export function createProgress(
  stream: NodeJS.WritableStream,
  sizes: ReadonlyMap<string, number | undefined>,
): Progress {
  const terminal = (stream as NodeJS.WriteStream).isTTY === true;
  const known = [...sizes.values()].every((size) => size !== undefined);
  const total = [...sizes.values()].reduce<number>((sum, size) => sum + (size ?? 0), 0);
  const start = performance.now();
  let finished = 0;
  let drawn = 0;
  let visible = false;
  const clear = () => {
    if (visible) stream.write('\r\x1b[K');
    visible = false;
  };
  return {
    advance(_file, offset, rounds) {
      const now = performance.now();
      if (!terminal || now - drawn < every) return;
      drawn = now;
      const share = known && total > 0 ? `${Math.floor((100 * (finished + offset)) / total)} %, ` : '';
      const speed = Math.round(rounds / ((now - start) / 1000));
      stream.write(`\r\x1b[K${share}${rounds} rounds, ${speed} a second`);
      visible = true;
    },
    finish(file) {
      finished += sizes.get(file) ?? 0;
    },
    aside(line) {
      clear();
      stream.write(line);
    },
    end: clear,
  };
}
