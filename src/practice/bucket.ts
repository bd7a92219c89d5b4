/** Token buckets: how long a segment has to wait so that no more than so many bits a second pass. */

export interface Bucket {
  /** Takes `bytes` and says after how many milliseconds from now they may pass. */
  take(bytes: number): number;
}

/** `bps` in bits per second; the bucket is full at first and holds `burst_bytes`. */
export function tokenBucket(bps: number, burst_bytes: number, now = () => performance.now()): Bucket {
  let tokens = burst_bytes;
  let at = now();
  return {
    take(bytes) {
      const time = now();
      tokens = Math.min(burst_bytes, tokens + ((time - at) * bps) / 8000) - bytes;
      at = time;
      return tokens >= 0 ? 0 : (-tokens * 8000) / bps;
    },
  };
}
