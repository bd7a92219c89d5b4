/** What an answer looked like, for the record: never the body. */
import type { HttpEvidence } from '../model/round.ts';
import { blockpageOf, titleOf } from './page.ts';
import type { Answer } from './request.ts';
import { plainText } from './text.ts';

/** Enough to recognise a server by; a head may hold hundreds. */
const most_header_names = 40;
const most_name_characters = 64;
/** RFC 1035 section 2.3.4. */
const most_host_characters = 253;

/** `url` is what was asked: a relative Location is resolved against it. */
export function httpEvidence(answer: Answer, url: URL): HttpEvidence {
  const evidence: HttpEvidence = {
    header_names: Object.keys(answer.headers)
      .slice(0, most_header_names)
      .map((name) => plainText(name, most_name_characters)),
    length: answer.length,
    version: answer.version,
  };
  const title = titleOf(answer.body);
  if (title !== undefined) evidence.title = title;
  if (answer.length > 0) evidence.body_hash = answer.body_hash;
  const location = answer.headers['location'];
  // Named also where we would not go.
  const next = location === undefined ? null : URL.parse(location, url);
  if (next?.hostname) evidence.location_host = plainText(next.hostname, most_host_characters);
  const blockpage = blockpageOf(answer.body, location);
  if (blockpage !== undefined) evidence.blockpage = blockpage;
  return evidence;
}
