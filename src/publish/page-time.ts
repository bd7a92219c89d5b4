/** Times on the page. */
import { type Html, html } from './html.ts';

/** `20 Jan 2024, 18:41 GMT+5`, in the vantage's own time zone: the one in which people remember it. */
export function moment(at: string, timeZone: string): Html {
  const words = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(Date.parse(at));
  return html`<time datetime="${at}">${words}</time>`;
}
