/** TLS: the handshake with a name, and what the certificate says. A bad certificate is a fact, not an exception. */
import { isIP, type Socket } from 'node:net';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import type { TlsEvidence } from '../model/round.ts';
import { alertOf } from './alert.ts';
import { certificateEvidence, holdsKey } from './certificate.ts';
import { type PhaseFact, rounded } from './connect.ts';
import { deadline } from './deadline.ts';
import { reasonOf } from './failure.ts';
import type { LagGuard } from './lag.ts';
import type { Network } from './network.ts';
import type { Trust } from './trust.ts';

export interface HandshakeInput {
  socket: Socket;
  /** The name in the hello, that the certificate must be for; a literal address is not sent (RFC 6066 section 3). */
  server_name: string;
  alpn: readonly string[];
  /** A ClientHello that spans two segments. */
  large_hello?: boolean | undefined;
  /** Base64 SHA-256 of the only public key that will do (RFC 7469 2.4); names and chains then do not matter. */
  spki?: string | undefined;
  timeout_ms: number;
}

export interface HandshakeFact extends PhaseFact {
  /** Name of the alert that ended it. */
  alert?: string | undefined;
  /** Bytes that came during the handshake. */
  received: number;
  /** Present when the handshake completed; `error` says why the certificate does not do. */
  tls?: TlsEvidence | undefined;
}

/**
 * Shakes hands. `value` is there as soon as the handshake completed, whatever the certificate; the caller closes it.
 * On failure `input.socket` is destroyed.
 */
export async function handshake(
  { socket, server_name, alpn, large_hello, spki, timeout_ms }: HandshakeInput,
  { network, lag, trust }: { network: Pick<Network, 'monotonic'>; lag: LagGuard; trust: Trust },
  signal: AbortSignal,
): Promise<{ fact: HandshakeFact; value?: TLSSocket }> {
  // Before the clock starts: the large one is built at its first use.
  const secureContext = large_hello ? trust.largeContext() : trust.context;
  const limit = deadline(timeout_ms, signal);
  const phase = lag.open();
  const before = socket.bytesRead;
  const start = network.monotonic();
  try {
    const value = await new Promise<TLSSocket>((resolve, reject) => {
      const tls = tlsConnect({
        socket,
        // Without a servername Node checks the certificate against `host`, and sends no SNI.
        ...(isIP(server_name) === 0 ? { servername: server_name } : { host: server_name }),
        ALPNProtocols: [...alpn],
        secureContext,
        rejectUnauthorized: false,
      });
      const onAbort = () => fail(limit.signal.reason);
      const fail = (error: unknown) => {
        limit.signal.removeEventListener('abort', onAbort);
        reject(error);
        tls.destroy();
        socket.destroy();
      };
      // Stays: a reset between this step and the next must not be an uncaught exception.
      tls.on('error', fail);
      const onClose = () => fail(Object.assign(new Error('closed during the handshake'), { code: 'ECONNRESET' }));
      tls.once('close', onClose);
      tls.once('secureConnect', () => {
        limit.signal.removeEventListener('abort', onAbort);
        tls.off('close', onClose);
        resolve(tls);
      });
      limit.signal.addEventListener('abort', onAbort, { once: true });
      if (limit.signal.aborted) onAbort();
    });
    const ms = network.monotonic() - start;
    const kept = phase.close(ms);
    const tls = certificateEvidence(value, spki === undefined && value.authorized, trust);
    if (spki !== undefined) {
      if (!holdsKey(value, spki)) tls.error = 'ssl_unknown_authority';
    } else if (!value.authorized) {
      tls.error = reasonOf({ code: String(value.authorizationError ?? '') });
    }
    return { fact: { ...(kept ? { ms: rounded(ms) } : {}), received: socket.bytesRead - before, tls }, value };
  } catch (error) {
    const after_ms = network.monotonic() - start;
    phase.close(after_ms);
    const reason = limit.expired() ? 'generic_timeout_error' : signal.aborted ? 'interrupted' : reasonOf(error);
    const alert = alertOf(error);
    return {
      fact: {
        failure: { reason, after_ms: rounded(after_ms) },
        received: socket.bytesRead - before,
        ...(alert ? { alert } : {}),
      },
    };
  } finally {
    limit.end();
  }
}
