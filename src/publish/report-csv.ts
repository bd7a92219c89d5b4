/** The data of a report as CSV (RFC 4180): what its pictures are drawn from, and what its hash is taken of. */
import { createHash } from 'node:crypto';
import type { Report } from './report.ts';
import { timeAt } from './report.ts';

export interface ReportData {
  csv: string;
  /** Lower-case hex, of the CSV's bytes. */
  sha256: string;
  rows: number;
}

/** One row a time, network and platform of which anything is known; times in UTC. */
export function dataOf({ axis, rows, controls }: Report): ReportData {
  const lines = [
    'time_utc,network,platform,state,newly_affected,goodput_of_normal,handshake_of_normal,control_sites_answering',
  ];
  for (let at = 0; at < axis.length; at++) {
    const time = new Date(timeAt(axis, at)).toISOString();
    for (const { network, platform, states, hit, goodput, handshake } of rows) {
      const state = states[at];
      if (state === undefined) continue;
      const newly = hit[at] === undefined ? '' : hit[at] ? '1' : '0';
      lines.push(
        [time, network, platform, state, newly, number(goodput[at]), number(handshake[at]), number(controls[at])]
          .map(cell)
          .join(','),
      );
    }
  }
  const csv = `${lines.join('\r\n')}\r\n`;
  return { csv, sha256: createHash('sha256').update(csv).digest('hex'), rows: lines.length - 1 };
}

const number = (value: number | undefined): string => (value === undefined ? '' : String(Number(value.toPrecision(4))));

/** Quoted where it must be. What a spreadsheet would take for a formula is given an apostrophe (CWE-1236). */
function cell(text: string): string {
  const tame = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame;
}

/**
 * How a reader checks that the data in the file is the data that the hash was taken of: with what every Unix has. In the page
 * itself the quotation mark after `href=` is escaped, so that the command does not find itself.
 */
export const verifyCommand = (file: string): string =>
  `grep -o 'href="data:text/csv;base64,[^"]*' ${/^[\w./-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`} | cut -d, -f2 | base64 -d | sha256sum`;
