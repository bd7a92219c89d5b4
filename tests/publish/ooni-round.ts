/**
 * One round with everything in it that OONI's formats can say: a name reset on the way, forged DNS, a block page, a
 * redirect, a freeze, a dropped duration. Addresses are those of documentation (RFC 5737, RFC 3849) where they are not
 * the platforms' own.
 */
import { createHash } from 'node:crypto';
import type { Round } from '../../src/model/round.ts';

export const idOf = (ip: string): string => createHash('sha256').update(`salt ${ip}`).digest('hex').slice(0, 16);

/** The volunteer's own address, as block pages and whoami names tell it. */
export const householdIp = '198.51.100.77';
export const householdIp6 = '2001:db8:77::1';

const certificate = {
  issuer: 'CN=Root One',
  subject: 'CN=x.com',
  fingerprint: 'aa11',
  version: 'TLSv1.3',
  alpn: 'h2',
  not_after: '2026-12-01T00:00:00.000Z',
};

export const round: Round = {
  version: 1,
  round: 4711,
  started_at: '2024-01-20T13:41:00.250Z',
  monotonic_ms: 282_660_000,
  interval_ms: 60_000,
  duration_ms: 8312,
  companies: { x: 'x', youtube: 'google', facebook: 'meta' },
  vantage: {
    id: '6f1c0d2e3a4b5c6d',
    country: 'PK',
    asn: 'AS17557',
    state: 'online',
    resolver_scope: 'isp',
    dns: [
      {
        via: 'configured',
        name: 'whoami.akamai.net',
        purpose: 'whoami',
        type: 'A',
        rcode: 'NOERROR',
        at_ms: 20,
        answers: [{ ip: householdIp }],
      },
    ],
  },
  lag_ms: 3.1,
  platforms: {
    x: [
      {
        target: 'x/website',
        host: 'x.com',
        scheme: 'https',
        ip_protocol: 'ip4',
        network: '104.244.42.0/24',
        address_source: 'system',
        outcome: 'failed',
        failure: { phase: 'tls', reason: 'connection_reset', after_ms: 3.9 },
        phases: { resolve: 3.1, connect: 42 },
        evidence: { address_id: idOf('104.244.42.1') },
        dns: [
          { via: 'system', type: 'A', rcode: 'NOERROR', at_ms: 3.1, answers: [{ ip: '104.244.42.1', asn: 13414 }] },
          {
            via: 'configured',
            type: 'A',
            rcode: 'NOERROR',
            at_ms: 4.2,
            ttl_s: 60,
            answers: [{ ip: '10.10.34.36', bogon: true }],
          },
          { via: 'public', server: '8.8.8.8', type: 'A', rcode: 'NXDOMAIN', at_ms: 30, answers: [] },
          {
            via: 'trusted',
            server: '9.9.9.9',
            type: 'A',
            rcode: 'NOERROR',
            at_ms: 90.5,
            ttl_s: 300,
            answers: [{ ip: '104.244.42.1', asn: 13414 }],
          },
        ],
        experiments: [
          { kind: 'repeat', outcome: 'skipped', skipped: 'round_deadline' },
          {
            kind: 'neutral_sni',
            host: 'example.org',
            address_id: idOf('104.244.42.1'),
            ip_protocol: 'ip4',
            rested_s: 240,
            outcome: 'ok',
            alert: 'unrecognized_name',
            phases: { connect: 41.5, tls: 41 },
          },
          {
            // At an address that worked here last week: in no answer of this round, so it stays untold.
            kind: 'trusted_address',
            host: 'x.com',
            address_id: idOf('203.0.113.9'),
            address_source: 'validated',
            ip_protocol: 'ip4',
            outcome: 'failed',
            failure: { phase: 'connect', reason: 'generic_timeout_error', after_ms: 10_000 },
          },
        ],
      },
    ],
    youtube: [
      {
        // Redirected once; the first hop's own status is not kept.
        target: 'youtube/website',
        host: 'youtube.com',
        scheme: 'http',
        ip_protocol: 'ip6',
        network: '2a00:1450:4001::/48',
        outcome: 'ok',
        status: 200,
        method: 'GET',
        phases: { resolve: 2, connect: 40, processing: 41 },
        evidence: {
          address_id: idOf('2a00:1450:4001::5b'),
          http: { location_host: 'www.youtube.com', version: '1.1' },
        },
        dns: [
          {
            via: 'system',
            type: 'AAAA',
            rcode: 'NOERROR',
            at_ms: 2,
            answers: [{ ip: '2a00:1450:4001::5b', asn: 15169 }],
          },
        ],
        quic: { outcome: 'failed', reason: 'generic_timeout_error', version_ping: 'ok' },
        goodput_bps: 128_000,
        transfer: { bytes: 16_384, ms: 10_000, after_bytes: 20_480, stalled_at: 16_384 },
        hops: [
          {
            host: 'www.youtube.com',
            scheme: 'https',
            ip_protocol: 'ip6',
            outcome: 'ok',
            status: 200,
            method: 'HEAD',
            // The duration of the handshake was dropped: the event loop was late.
            phases: { connect: 40, processing: 44, transfer: 3 },
            evidence: {
              address_id: idOf('2a00:1450:4001::5b'),
              tls: { ...certificate, subject: 'CN=*.google.com' },
              http: { body_hash: 'cc33', header_names: ['content-type', 'date'], length: 16_384, version: '2' },
            },
          },
        ],
      },
      { target: 'youtube/video_cdn', outcome: 'skipped', skipped: 'not_planned' },
    ],
    facebook: [
      {
        // A gateway answers in Facebook's name and shows a page that greets the volunteer by address.
        target: 'facebook/website',
        host: 'www.facebook.com',
        scheme: 'https',
        ip_protocol: 'ip4',
        outcome: 'failed',
        status: 403,
        failure: { phase: 'tls', reason: 'ssl_unknown_authority', after_ms: 12 },
        phases: { resolve: 2, connect: 9 },
        evidence: {
          address_id: idOf('157.240.1.35'),
          tls: {
            ...certificate,
            error: 'ssl_unknown_authority',
            issuer: `CN=Gateway ${householdIp}`,
            subject: `CN=${householdIp6}`,
          },
          http: {
            title: `Access of ${householdIp}:50123 (${householdIp6}) is denied since 12:34:56`,
            blockpage: 'pta',
            body_hash: 'dd44',
          },
        },
        dns: [{ via: 'system', type: 'A', rcode: 'NOERROR', at_ms: 2, answers: [{ ip: '157.240.1.35', asn: 32934 }] }],
      },
    ],
  },
  siblings: {
    x: [
      {
        target: 'https://help.x.com/',
        host: 'help.x.com',
        scheme: 'https',
        ip_protocol: 'ip4',
        outcome: 'failed',
        failure: { phase: 'resolve', reason: 'dns_no_answer', after_ms: 30 },
        dns: [{ via: 'system', type: 'A', rcode: 'NOERROR', at_ms: 30, answers: [] }],
      },
    ],
  },
  controls: [
    {
      target: 'wikipedia',
      scope: 'foreign',
      host: 'www.wikipedia.org',
      scheme: 'https',
      ip_protocol: 'ip4',
      outcome: 'ok',
      status: 200,
      phases: { resolve: 2, connect: 41.9, tls: 44.2, processing: 43.2 },
      evidence: { address_id: idOf('198.35.26.96'), tls: { ...certificate, subject: 'CN=*.wikipedia.org' } },
      dns: [{ via: 'system', type: 'A', rcode: 'NOERROR', at_ms: 2, answers: [{ ip: '198.35.26.96', asn: 14907 }] }],
    },
  ],
  verdicts: {
    x: {
      state: 'blocked',
      mechanism: 'tls.reset.sni',
      mechanisms: ['tls.reset.sni'],
      basis: 'differential',
      confidence: 'high',
      rule: 'tls-reset-sni',
      rules_version: '1',
      notes: [],
    },
  },
  states: { x: { state: 'blocked', since: '2024-01-20T13:40:00.000Z' } },
};
