/** Pages that stand in a site's place, and ways that lead to one: in clear text anybody can answer. */
import type { Exchange, Observation } from '../model/round.ts';
import { siteOf } from './address.ts';
import { type Attempt, isCleartext } from './attempt.ts';
import { text } from './reading.ts';

/** Words with which providers and ministries title their block pages; none that a server's own error page carries. */
const blockPageTitle =
  /\b(site|page|url|content|website|web ?page)\b.{0,40}\b(blocked|banned|restricted|prohibited)\b|surf safely|court order|internet ?positif|terblokir|engellenmiştir|erişim(e)? engel|заблокир|ограничен доступ|доступ (к|ограничен)|محجوب|محظور|مسدود|ممنوع الوصول/iu;

/** A page in clear text that stands in the site's place: a fingerprint, or a title that says so. */
export function isBlockPage({ evidence }: Pick<Attempt, 'evidence'>): boolean {
  if (text(evidence.http?.blockpage) !== undefined) return true;
  const title = text(evidence.http?.title);
  return title !== undefined && blockPageTitle.test(title.slice(0, 300));
}

/** In clear text a redirect to somebody else's host, whose answer nobody vouches for, is a way to a block page. */
function ledAstray(observation: Observation, last: Exchange, ok: boolean): boolean {
  if (!isCleartext(observation)) return false;
  const home = siteOf(observation.host);
  if (home === undefined) return false;
  if (last !== observation) {
    const end = siteOf(last.host);
    return end !== undefined && end !== home && (!ok || isCleartext(last));
  }
  const led = siteOf(observation.evidence?.http?.location_host);
  return led !== undefined && led !== home;
}

/** As `ledAstray`, of a whole observation. */
export function astray({ observation, last }: { observation: Observation; last: Exchange }): boolean {
  return ledAstray(observation, last, observation.outcome === 'ok');
}
