/** Counts TLS records in a byte stream from their headers alone (RFC 8446 5.1), as a filter without keys can. */

export interface RecordCounter {
  /** Feeds bytes; the share of them that lies before the end of the `limit`-th record of `type`. */
  before(bytes: Buffer): number;
}

const applicationData = 23;

/**
 * Lets pass what belongs to the handshake: in TLS 1.3 a client sends its Finished as the first record of type
 * application_data, so the second one is its first word to the server.
 */
export function untilFirstWord(): RecordCounter {
  let left = 0;
  let header = Buffer.alloc(0);
  let seen = 0;
  return {
    before(bytes) {
      let at = 0;
      while (at < bytes.length) {
        if (left > 0) {
          const step = Math.min(left, bytes.length - at);
          left -= step;
          at += step;
          continue;
        }
        const missing = 5 - header.length;
        const start = at;
        header = Buffer.concat([header, bytes.subarray(at, at + missing)]);
        at = Math.min(bytes.length, at + missing);
        if (header.length < 5) return bytes.length;
        if (header[0] === applicationData) seen += 1;
        if (seen > 1) return start;
        left = header.readUInt16BE(3);
        header = Buffer.alloc(0);
      }
      return bytes.length;
    },
  };
}
