import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { load } from '../../src/config/load.ts';
import { printConfig, redacted } from '../../src/config/print.ts';

const directory = mkdtempSync(join(tmpdir(), 'reachd-print-'));
afterAll(() => rmSync(directory, { recursive: true }));
const path = join(directory, 'a.yaml');

function loaded(content: string) {
  writeFileSync(path, content);
  return load({ flags: { 'config.file': path }, env: {} }).config;
}

const rich = `
accept_risk: 2026-11
profile: mobile
vantage: { name: karachi-1, country: PK, asn: AS17557, network: "PTCL: fibre", timezone: Asia/Karachi }
round: { interval: 90s, timeout: 1500ms }
budget: { daily: 1.5MB, monthly: 40MB }
resolvers: { servers: ["2001:db8::53"] }
siblings: { youtube: [] }
platforms: [{ name: tiktok, enabled: true }, { name: mine, targets: [{ name: mine/a, url: "https://mine.test:8443/a?b=c", addresses: ["::1"] }] }]
tls: { ca_file: a.yaml }
notify: { webhooks: [{ url_file: a.yaml }] }
push: { remote_write: [{ url: "https://push.example.org/write", basic_auth: { username: me, password_file: a.yaml }, max_age: 7d }] }
events: [{ at: "2024-01-20T18:40:00+05:00", title: "Rally: online" }]
`;

test.each([
  ['nothing', ''],
  ['much', rich],
])('what is printed is a file that comes to the same (%s)', (_, content) => {
  const config = loaded(content);
  expect(loaded(printConfig(config))).toEqual(config);
});

test('secrets are not printed', () => {
  const config = loaded(`
push:
  remote_write:
    - { url: "https://push.example.org/write?token=hunter2&tenant=pk", headers: { X-Token: hunter3 }, bearer_token_file: a.yaml }
`);
  writeFileSync(path, 'hunter4');
  const printed = printConfig(config);
  expect(printed).not.toMatch(/hunter/);
  expect(printed).toContain(`X-Token: ${redacted}`);
  expect(printed).toContain(`bearer_token_file: ${path}`);
  expect(printed).toContain('token=%3Credacted%3E');
});
