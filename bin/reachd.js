#!/usr/bin/env node
// Plain JavaScript that the oldest Node with modules can read: it must be able to say that Node is too old.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

// PID 1 of a container has no default action: what comes before the program itself listens would be lost.
for (const [name, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
]) {
  process.once(name, () => {
    if (process.listenerCount(name) > 0) return;
    // Without a listener this is the system's own way to end, which shells and systemd expect; PID 1 survives it.
    process.kill(process.pid, name);
    process.exit(128 + number);
  });
}

const needed = 26;
if (Number.parseInt(process.versions.node, 10) < needed) {
  process.stderr.write(`reachd: needs Node.js ${needed} or later, this is ${process.versions.node}\n`);
  process.exit(2);
}
const from = (path) => new URL(path, import.meta.url);
// A checkout runs its sources, also beside a `dist` of yesterday; the packed form has no sources.
const sources = existsSync(from('../src/main.ts'));
// Stripping the types costs 0.2 s and 27 MB at every start (measured): once is enough. Not where it cannot be written.
if (sources) module.enableCompileCache(fileURLToPath(from('../node_modules/.cache/reachd')));
const { main } = await import(from(sources ? '../src/main.ts' : '../dist/main.js').href);
await main(process.argv.slice(2), process.env);
