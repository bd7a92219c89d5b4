/** The one sentence at the top of the page: what a volunteer wants to know before anything else. */
import { type AnomalyKind, anomalyKinds, type State } from '../model/vocabulary.ts';
import type { Status } from './status.ts';
import { anomalyWords, list, vantageWords } from './words.ts';

export interface Headline {
  text: string;
  tone: 'good' | 'warn' | 'bad' | 'unknown';
}

const isAnomaly = (state: State): state is AnomalyKind => (anomalyKinds as readonly string[]).includes(state);

/** `X is being blocked; Facebook and Instagram are being throttled, as seen from here.` Never more than the states say. */
export function headline({ platforms, vantage, round }: Status): Headline {
  if (round === undefined) return { text: 'The first look is under way: a minute of patience.', tone: 'unknown' };
  const anomalies = anomalyKinds.flatMap((kind) => {
    const titles = platforms.filter(({ state }) => state === kind).map(({ title }) => title);
    return titles.length === 0 ? [] : [`${list(titles)} ${titles.length === 1 ? 'is' : 'are'} ${anomalyWords[kind]}`];
  });
  if (anomalies.length > 0) {
    const grave = platforms.some(({ state }) => isAnomaly(state) && state !== 'degraded');
    return { text: `${anomalies.join('; ')}, as seen from here.`, tone: grave ? 'bad' : 'warn' };
  }
  if (platforms.length === 0) return { text: 'No platform is configured.', tone: 'unknown' };
  const unknown = platforms.filter(({ state }) => state === 'inconclusive').map(({ title }) => title);
  if (unknown.length === platforms.length) {
    const why =
      vantage.state === undefined || vantage.state === 'online'
        ? 'Nothing can be said yet.'
        : vantageWords[vantage.state];
    return { text: why, tone: 'warn' };
  }
  if (unknown.length > 0) {
    return { text: `Nothing can be said about ${list(unknown)}; the others can be reached from here.`, tone: 'warn' };
  }
  const titles = platforms.map(({ title }) => title);
  return { text: `${list(titles)} can be reached from here.`, tone: 'good' };
}
