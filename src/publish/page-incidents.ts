/** The page's list of incidents: what happened here before, in the words in which it was stated. */
import type { StoredIncident } from '../store/read.ts';
import { type Html, html } from './html.ts';
import { moment } from './page-time.ts';
import type { Status } from './status.ts';
import { duration, list } from './words.ts';

/** How many are shown; `reachd incidents` and the API have them all. */
export const shownIncidents = 10;

/** The section; nothing where nothing has happened. */
export function incidentsSection(incidents: readonly StoredIncident[], status: Status): Html {
  if (incidents.length === 0) return html``;
  return html`<h2>Incidents</h2>
<ul class="incidents">${incidents.slice(0, shownIncidents).map((one) => incidentItem(one, status))}</ul>
`;
}

function incidentItem(
  { incident, platform, closed_at, latest, opened_at }: StoredIncident,
  { platforms, vantage, disruption }: Status,
): Html {
  const titles = (platform === '*' ? (latest.platforms ?? []) : [platform]).map(
    (name) => platforms.find((one) => one.name === name)?.title ?? name,
  );
  const began = latest.onset_latest;
  const ended = latest.ended_latest ?? closed_at;
  const lasted = ended === undefined ? 'still open' : `for ${duration(Date.parse(ended) - Date.parse(began))}`;
  // While it is open there is a fresher word than the last event's: the same that the banner says.
  const open = [disruption, ...platforms.map((one) => one.incident)].find((one) => one?.incident === incident);
  const statement = open?.statement ?? latest.statement;
  return html`<li class="card"><strong>${list(titles)}</strong> <span class="pill ${latest.state}">${latest.state}</span>
<span class="soft">since ${moment(Number.isNaN(Date.parse(began)) ? opened_at : began, vantage.timezone)}, ${lasted}</span>
${statement !== undefined && html`<p class="small">${statement}</p>`}</li>
`;
}
