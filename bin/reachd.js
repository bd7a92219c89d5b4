#!/usr/bin/env node
// Plain JavaScript that the oldest Node with modules can read: it must be able to say that Node is too old.
import { existsSync } from 'node:fs';

const needed = 26;
if (Number.parseInt(process.versions.node, 10) < needed) {
  process.stderr.write(`reachd: needs Node.js ${needed} or later, this is ${process.versions.node}\n`);
  process.exit(2);
}
// A checkout runs its sources, also beside a `dist` of yesterday; the packed form has no sources.
const sources = new URL('../src/main.ts', import.meta.url);
const { main } = await import(existsSync(sources) ? sources.href : new URL('../dist/main.js', import.meta.url).href);
await main(process.argv.slice(2), process.env);
