/**
 * `node tests/lab/curves.ts`: downloads in the kernel lab on a healthy path, policed, shaped and frozen; writes the curves
 * as data and as a plot to docs/goodput.json and docs/goodput.svg, and prints what was made of them.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CensorName } from './censors.ts';
import { startLab } from './lab.ts';
import { whyNot } from './packages.ts';

interface Curve {
  name: string;
  goodput_bps?: number;
  transfer?: { bytes: number; ms: number; plateau_bps?: number; cov?: number; stalled_at?: number };
  /** Milliseconds since the request, bytes of the connection, 1: a look of the timer. */
  points: [number, number, 0 | 1][];
}

const cases: readonly (readonly [name: string, censor: CensorName | undefined, colour: string])[] = [
  ['healthy', undefined, '#2e7d32'],
  ['policed', 'sni-police-130k', '#c62828'],
  ['shaped', 'sni-shape-130k', '#1565c0'],
  ['frozen', 'freeze-16k', '#6a1b9a'],
];
const child = fileURLToPath(new URL('curve-child.ts', import.meta.url));
const docs = (file: string) => new URL(`../../docs/${file}`, import.meta.url);

/** Time to the right, bytes upwards; a line is a curve, its words stand at its end. */
function plot(curves: readonly Curve[]): string {
  const [width, height, left, bottom] = [720, 360, 64, 44];
  const most = { ms: 5000, bytes: 70_000 };
  const x = (ms: number) => Math.round((left + (Math.min(ms, most.ms) / most.ms) * (width - left - 16)) * 10) / 10;
  const y = (bytes: number) => Math.round((height - bottom - (bytes / most.bytes) * (height - bottom - 16)) * 10) / 10;
  const text = (at: [number, number], words: string, more = '') =>
    `<text x="${at[0]}" y="${at[1]}"${more}>${words}</text>`;
  const grid = [
    ...[0, 1, 2, 3, 4, 5].map((s) => text([x(s * 1000), height - bottom + 18], `${s} s`, ' text-anchor="middle"')),
    ...[0, 16, 32, 48, 64].map(
      (k) =>
        `<line x1="${left}" x2="${width - 16}" y1="${y(k * 1024)}" y2="${y(k * 1024)}" stroke="#ddd"/>` +
        text([left - 6, y(k * 1024) + 4], `${k} KiB`, ' text-anchor="end"'),
    ),
  ];
  const lines = curves.map(({ name, points }, index) => {
    const colour = cases[index]![2];
    const seen = points.filter(([ms]) => ms <= most.ms);
    const path = seen.map(([ms, raw]) => `${x(ms)},${y(raw)}`).join(' ');
    const looks = seen
      .filter(([, , look]) => look)
      .map(([ms, raw]) => `<circle cx="${x(ms)}" cy="${y(raw)}" r="2.5"/>`);
    const last = seen.at(-1)!;
    const where: [number, number] = [Math.min(x(last[0]) + 6, width - 64), y(last[1]) + (index === 2 ? 14 : -6)];
    return `<g fill="${colour}"><polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${looks.join('')}${text(where, name)}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13" fill="#444" role="img" aria-label="Bytes received over time: healthy, policed, shaped and frozen downloads">
<rect width="${width}" height="${height}" fill="#fff"/>
${[...grid, ...lines].join('\n')}
</svg>
`;
}

const reason = await whyNot(console.log);
if (reason) {
  console.log(`kernel lab not run: ${reason}`);
} else {
  const lab = await startLab();
  const curves: Curve[] = [];
  try {
    const { name, ip4 } = lab.world.host('x.com');
    for (const [label, censor] of cases) {
      if (censor) await lab.on(censor, ['x']);
      const argv = [process.execPath, child, `https://${name}/sample/1m`, ip4[0]!, lab.rootFile];
      const { code, stdout, stderr } = await lab.exec(argv, { timeout_ms: 30_000 });
      await lab.clear();
      if (code !== 0) throw new Error(`${label}: ${stderr}`);
      const { points, ...found } = JSON.parse(stdout) as Curve;
      console.log(label.padEnd(8), JSON.stringify(found));
      curves.push({ ...found, name: label, points });
    }
  } finally {
    await lab.close();
  }
  writeFileSync(docs('goodput.json'), `[\n${curves.map((curve) => JSON.stringify(curve)).join(',\n')}\n]\n`);
  writeFileSync(docs('goodput.svg'), plot(curves));
}
