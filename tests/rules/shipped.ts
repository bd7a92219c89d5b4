/**
 * The shipped files of `config/prometheus` and `config/alertmanager`, laid out in a folder for a test.
 *
 * What is changed is only where things are (targets, Alertmanager, webhook) and how long they wait: `quick` shortens
 * `scrape_interval`, `evaluation_interval`, every group's `interval`, every alert's `for` and `keep_firing_for`, and
 * Alertmanager's `group_wait` and `group_interval`. Expressions, labels, limits, relabelling, routes and inhibitions
 * are as shipped.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';

const config = path.resolve(import.meta.dirname, '../../config');

/** Times in place of the shipped ones, in Prometheus' notation. */
export interface Quick {
  /** Scrapes, evaluations, and the intervals of all rule groups. */
  every: string;
  /** `for` and `keep_firing_for` of alerts that have one. */
  hold: string;
  /** `group_wait` and `group_interval` of all routes. */
  group: string;
}

export interface Layout {
  /** Made if it is not there. */
  directory: string;
  /** `host:port` of Alertmanager. */
  alertmanager: string;
  /** `http://host:port` of the webhook; the shipped paths (`/page`, `/office`) are kept. */
  webhook: string;
  quick?: Quick | undefined;
  /** As the comment in prometheus.yaml has it for a single household: `info` becomes `warning`. */
  household?: boolean | undefined;
  /** Added to the one scrape job, such as `scheme` and `basic_auth`. */
  scrape?: Readonly<Record<string, unknown>> | undefined;
}

export interface Laid {
  prometheus: string;
  alertmanager: string;
  /** Where add-volunteer.sh writes target files. */
  targets: string;
}

/** Writes the files and returns where they are. */
export function layOut({ directory, alertmanager, webhook, quick, household, scrape }: Layout): Laid {
  const targets = path.join(directory, 'targets');
  mkdirSync(targets, { recursive: true });
  cpSync(path.join(config, 'prometheus'), directory, { recursive: true });

  const main = parse(readFileSync(path.join(directory, 'prometheus.yaml'), 'utf8'));
  main.alerting.alertmanagers = [{ static_configs: [{ targets: [alertmanager] }] }];
  if (household === true) {
    main.alerting.alert_relabel_configs = [
      { source_labels: ['severity'], regex: 'info', target_label: 'severity', replacement: 'warning' },
    ];
  }
  // The example target is an address of this machine, where somebody else's daemon may be listening.
  delete main.scrape_configs[0].static_configs;
  Object.assign(main.scrape_configs[0], scrape);
  if (quick) Object.assign(main.global, { scrape_interval: quick.every, evaluation_interval: quick.every });
  writeFileSync(path.join(directory, 'prometheus.yaml'), stringify(main));
  if (quick) {
    for (const name of main.rule_files as string[]) quicken(path.join(directory, name), quick);
  }

  const routing = parse(readFileSync(path.join(config, 'alertmanager/alertmanager.yaml'), 'utf8'));
  for (const receiver of routing.receivers) {
    for (const one of receiver.webhook_configs ?? []) one.url = webhook + new URL(one.url).pathname;
  }
  if (quick) {
    for (const route of [routing.route, ...routing.route.routes]) {
      Object.assign(route, { group_wait: quick.group, group_interval: quick.group });
    }
  }
  const routes = path.join(directory, 'alertmanager.yaml');
  writeFileSync(routes, stringify(routing));
  return { prometheus: path.join(directory, 'prometheus.yaml'), alertmanager: routes, targets };
}

function quicken(file: string, { every, hold }: Quick): void {
  const content = parse(readFileSync(file, 'utf8'));
  for (const group of content.groups) {
    group.interval = every;
    for (const rule of group.rules) {
      if (rule.for !== undefined) rule.for = hold;
      if (rule.keep_firing_for !== undefined) rule.keep_firing_for = hold;
    }
  }
  writeFileSync(file, stringify(content));
}
