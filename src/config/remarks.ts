/** What is allowed and yet probably not meant: a line each, for the log and for `reachd check`. */
import type { Config } from './config.ts';

/** Fewer controls than this, and one that is blocked itself weighs too much (measurement: at least six). */
const enoughControls = 6;

/** Pure. `ownControls`: the list of controls is the operator's, not the built-in one. */
export function remarks(config: Config, ownControls: boolean): string[] {
  const { controls, vantage, web, profile, round } = config;
  const usable = controls.filter(({ country }) => country === undefined || country === vantage.country);
  const lines: string[] = [];
  if (ownControls && usable.length < enoughControls) {
    lines.push(`controls: ${usable.length} can be used here; fewer than ${enoughControls} make comparisons weak`);
  }
  if (ownControls && usable.filter(({ transfer }) => transfer).length === 0) {
    lines.push('controls: none is marked transfer: true; throttling cannot be compared with anything');
  }
  if (vantage.country !== undefined && !usable.some(({ scope }) => scope === 'in_country')) {
    lines.push(`controls: none is in_country for ${vantage.country}; "isolated" cannot be told from "offline"`);
  }
  if (web.enable_lifecycle && !/^(127\.|\[::1\]|localhost)/.test(web.listen_address) && web.config_file === undefined) {
    lines.push(`web.enable_lifecycle: anybody who reaches ${web.listen_address} may reload the configuration`);
  }
  if (profile === 'mobile' && round.interval_ms < 60_000) {
    lines.push('round.interval: rounds this close together will use up the mobile budget before the day ends');
  }
  return lines;
}
