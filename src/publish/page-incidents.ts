/** The page's list of incidents: what happened here before, in the words in which it was stated. */
import type { StoredIncident } from '../store/read.ts';
import { type Html, html } from './html.ts';
import { moment } from './page-time.ts';
import type { Status } from './status.ts';
import { duration, list } from './words.ts';

/** How many are shown; `reachd incidents` and the API have them all. */
export const shownIncidents = 10;
/** How many are read: a joint event brings one for each of its platforms, which are folded into it. */
export const readIncidents = 5 * shownIncidents;

/** Onsets of one event lie within half an hour of each other, as the judge has it. */
const together_ms = 30 * 60_000;

/** A joint event with the incidents of its platforms, or an incident of its own. */
interface Affair {
  lead: StoredIncident;
  parts: StoredIncident[];
}

/** The section; nothing where nothing has happened. */
export function incidentsSection(incidents: readonly StoredIncident[], status: Status): Html {
  if (incidents.length === 0) return html``;
  return html`<h2>Incidents</h2>
<ul class="incidents">${affairs(incidents)
    .slice(0, shownIncidents)
    .map((one) => affairItem(one, status))}</ul>
`;
}

/** The last first, as they come; what belongs to a joint event stands under it. */
function affairs(incidents: readonly StoredIncident[]): Affair[] {
  const joints = incidents.filter(({ platform }) => platform === '*');
  const owner = (one: StoredIncident) =>
    joints.find(
      ({ latest }) =>
        latest.platforms?.includes(one.platform) === true &&
        Math.abs(Date.parse(latest.onset_latest) - Date.parse(one.latest.onset_latest)) <= together_ms,
    );
  return incidents
    .filter((one) => one.platform === '*' || owner(one) === undefined)
    .map((lead) => ({ lead, parts: incidents.filter((one) => one.platform !== '*' && owner(one) === lead) }));
}

function affairItem({ lead, parts }: Affair, status: Status): Html {
  return html`<li class="card">${incidentText(lead, status)}${
    parts.length > 0 &&
    html`<details><summary>Each platform by itself</summary><ul class="incidents parts">${inOrder(parts, status).map(
      (part) => html`<li>${incidentText(part, status)}</li>`,
    )}</ul></details>`
  }</li>
`;
}

function incidentText(stored: StoredIncident, status: Status): Html {
  const { incident, platform, closed_at, latest, opened_at } = stored;
  const { platforms, vantage, disruption } = status;
  const names = platform === '*' ? (latest.platforms ?? []) : [platform];
  const known = platforms.filter(({ name }) => names.includes(name));
  const titles = [
    ...known.map(({ title }) => title),
    ...names.filter((name) => !known.some((one) => one.name === name)),
  ];
  const began = Number.isNaN(Date.parse(latest.onset_latest)) ? opened_at : latest.onset_latest;
  const ended = latest.ended_latest ?? closed_at;
  const lasted = ended === undefined ? 'still open' : `for ${duration(Date.parse(ended) - Date.parse(began))}`;
  // While it is open there is a fresher word than the last event's; what the banner says need not be said twice.
  const open = [disruption, ...platforms.map((one) => one.incident)].find((one) => one?.incident === incident);
  const statement = open?.statement ?? latest.statement;
  return html`<strong>${list(titles)}</strong> <span class="pill ${latest.state}">${latest.state}</span>
<span class="soft">${ended === undefined && 'since '}${moment(began, vantage.timezone)}, ${lasted}</span>
${statement !== undefined && statement !== status.statement && html`<p class="small">${statement}</p>`}<p class="small"><a href="api/v1/incidents/${encodeURIComponent(incident)}">The evidence</a></p>`;
}

/** As the configuration lists the platforms. */
function inOrder(parts: readonly StoredIncident[], { platforms }: Status): StoredIncident[] {
  const place = ({ platform }: StoredIncident) => platforms.findIndex(({ name }) => name === platform);
  return [...parts].sort((a, b) => place(a) - place(b));
}
