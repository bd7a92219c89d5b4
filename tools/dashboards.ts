/**
 * Writes the dashboards as Grafana reads them: `npm run dashboards`. Into config/grafana/dashboards, or another folder
 * that is given. A test writes them anew and compares.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { incident } from './dashboards/incident.ts';
import { live } from './dashboards/live.ts';
import { vantage } from './dashboards/vantage.ts';

const folder = resolve(process.argv[2] ?? join(import.meta.dirname, '..', 'config', 'grafana', 'dashboards'));
mkdirSync(folder, { recursive: true });
for (const [name, make] of Object.entries({ live, vantage, incident })) {
  const dashboard = make().build();
  // Links to a panel go by its number.
  for (const [index, panel] of dashboard.panels?.entries() ?? []) panel.id = index + 1;
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(dashboard, null, 2)}\n`);
}
