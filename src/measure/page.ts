/** What a page shows, without keeping it: title and the marks of known block pages. */
import { plainText } from './text.ts';

/** Long enough to recognise a page by. */
const most_title_characters = 120;
/** A title stands at the top; what comes later is not looked at. */
const most_looked_at = 65_536;

interface Fingerprint {
  /** Name in the record: country code and who. */
  name: string;
  /** What the page or the Location header contains. */
  pattern: RegExp;
}

/**
 * Block pages by a text that nobody else writes. Restated from public reports: OONI blocking-fingerprints,
 * Citizen Lab's filtering reports, and the notices' own wording. A match is evidence only where the answer was not
 * authenticated: anybody may quote a notice.
 */
export const fingerprints: readonly Fingerprint[] = [
  // Pakistan Telecommunication Authority's notice, seen since 2012.
  {
    name: 'pk.pta',
    pattern: /surf safely[\s\S]{0,300}(?:not accessible|prohibited)|prohibited for viewership from within pakistan/i,
  },
  // Iran: an iframe on, or a redirect to, the filter's own private address (10.10.34.34–36).
  {
    name: 'ir.filter',
    pattern: /(?:src|href)=["']?https?:\/\/10\.10\.34\.3[4-6]|^https?:\/\/10\.10\.34\.3[4-6]|peyvandha\.ir/i,
  },
  // Russia: Roskomnadzor's registers and the operators' notices that cite them.
  {
    name: 'ru.rkn',
    pattern:
      /eais\.rkn\.gov\.ru|zapret-info\.gov\.ru|blocklist\.rkn\.gov\.ru|blocked\.rt\.ru|149-ФЗ.{0,200}(?:ограничен|заблокирован)/is,
  },
  // Türkiye: BTK, Law 5651.
  { name: 'tr.btk', pattern: /5651 sayılı.{0,300}(?:erişim|engel)|internet2?\.btk\.gov\.tr/is },
  // India: DoT's standard notice.
  {
    name: 'in.dot',
    pattern:
      /blocked as per the instructions of (?:the )?(?:competent government authority|department of telecommunications)/i,
  },
  // Indonesia: Kominfo's landing pages.
  { name: 'id.kominfo', pattern: /internet-?positif|trustpositif\.kominfo\.go\.id|lamanlabuh\.aduankonten\.id/i },
  // United Arab Emirates: Etisalat and du.
  {
    name: 'ae.tra',
    pattern: /this website is not accessible in the uae|lighthouse\.du\.ae|www\.bluecoat\.com\/notify-.*etisalat/i,
  },
  // Saudi Arabia: CITC.
  { name: 'sa.citc', pattern: /blocked\.citc\.gov\.sa|access to the requested url is not allowed!?/i },
  // South Korea: KCSC.
  { name: 'kr.kcsc', pattern: /warning\.or\.kr/i },
  // Malaysia: MCMC.
  { name: 'my.mcmc', pattern: /makluman\/notification.{0,200}(?:undang-undang|malaysian? laws?)/is },
  // Kazakhstan, Bangladesh, Egypt and others: a filter's default pages.
  {
    name: 'vendor.fortinet',
    pattern:
      /<title>\s*web filter (?:violation|block override)|fortiguard.{0,80}(?:blocked|violation)|FGT_(?:HOSTNAME|RESPONSE)/is,
  },
  { name: 'vendor.netsweeper', pattern: /\/webadmin\/deny\/?|netsweeper/i },
  { name: 'vendor.bluecoat', pattern: /cfru=[A-Za-z0-9+/=]{8}|blue ?coat.{0,80}(?:denied|blocked)/is },
  { name: 'vendor.zscaler', pattern: /gateway\.zscaler\.[a-z]+|zscaler.{0,80}(?:blocked|not allowed)/is },
  // Wording common to court-ordered blocks; least specific, so last.
  {
    name: 'generic.notice',
    pattern:
      /(?:this|the requested) (?:web ?site|site|page|url|content) (?:has been|is|was) (?:blocked|banned|restricted|prohibited) (?:by|under|in accordance with|pursuant to|as per|in compliance with)/i,
  },
];

/** The body as text: bytes as they are, so that no encoding can fail; UTF-8 where it is UTF-8. */
function asText(body: Buffer): string {
  return body.subarray(0, most_looked_at).toString('utf8');
}

/** The document's title on one line; undefined when there is none. */
export function titleOf(body: Buffer): string | undefined {
  const match = /<title\b[^>]{0,200}>([^<]{0,2000})/i.exec(asText(body));
  const title = plainText(decodeEntities(match?.[1] ?? ''), most_title_characters);
  return title === '' ? undefined : title;
}

/** The first fingerprint that the body or the redirect's target shows. */
export function blockpageOf(body: Buffer, location?: string): string | undefined {
  const text = asText(body);
  return fingerprints.find(({ pattern }) => pattern.test(text) || (location !== undefined && pattern.test(location)))
    ?.name;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/gi, (whole, decimal, hex, name) => {
    if (name) return entities[name.toLowerCase()] ?? whole;
    const point = decimal ? Number(decimal) : Number.parseInt(hex, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}
