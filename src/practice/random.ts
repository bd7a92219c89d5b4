/** Repeatable randomness for loss and jitter: 32-bit xorshift (Marsaglia, Journal of Statistical Software 8(14), 2003). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0 || 1; // 0 is the generator's one fixed point
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
