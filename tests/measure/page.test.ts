import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blockpageOf, fingerprints, titleOf } from '../../src/measure/page.ts';
import { plainText } from '../../src/measure/text.ts';

const bytes = (text: string) => Buffer.from(text);

test.each([
  ['<title>Hello</title>', 'Hello'],
  ['<HTML><head><TITLE lang="en">\n  Two \t lines\n</TITLE>', 'Two lines'],
  ['<title>Caf&eacute; &amp; &#x2764; &#65;</title>', 'Caf&eacute; & ❤ A'],
  ['<title>اینترنت</title>', 'اینترنت'],
  ['<title></title>', undefined],
  ['no title', undefined],
  ['<title>never closed', 'never closed'],
  ['<title>&#x110000;&#0;</title>', '&#x110000;'],
])('the title of %s', (html, title) => {
  expect(titleOf(bytes(html))).toBe(title);
});

test('a title is one short line without controls, whatever was sent', () => {
  const title = titleOf(bytes(`<title>a\u0000\u001b[31m\u202eb${'x'.repeat(5000)}</title>`));
  expect(title).toMatch(/^a \[31m bx+$/);
  expect(title?.length).toBe(120);
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      expect(plainText(text, 50)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/);
      expect(Array.from(plainText(text, 50)).length).toBeLessThanOrEqual(50);
    }),
  );
});

// The notices' own words, as public reports quote them.
test.each([
  ['pk.pta', '<h1>Surf Safely!</h1><p>This website is not accessible.</p>'],
  ['pk.pta', 'The site contains content that is prohibited for viewership from within Pakistan.'],
  ['ir.filter', '<iframe src="http://10.10.34.35:80" width="100%"></iframe>'],
  ['ru.rkn', 'Подробнее: http://eais.rkn.gov.ru/'],
  ['tr.btk', '5651 sayılı Kanun uyarınca bu siteye erişim engellenmiştir'],
  ['in.dot', 'The website has been blocked as per the instructions of Competent Government Authority'],
  ['id.kominfo', '<meta http-equiv="refresh" content="0; url=http://internet-positif.info">'],
  ['kr.kcsc', '<script>location="http://warning.or.kr"</script>'],
  ['generic.notice', 'This website has been blocked by order of the court.'],
])('%s is recognised', (name, html) => {
  expect(blockpageOf(bytes(html))).toBe(name);
});

test('a redirect to the filter’s address is recognised without a page', () => {
  expect(blockpageOf(bytes(''), 'http://10.10.34.34/?type=Invalid Site')).toBe('ir.filter');
});

test.each([
  '<title>X. It’s what’s happening</title>',
  'Your account has been blocked.',
  'Sorry, this page is not available.',
  'Service unavailable in your region',
  '',
])('ordinary pages are not: %s', (html) => {
  expect(blockpageOf(bytes(html))).toBeUndefined();
});

test('fingerprints have unique names and stay fast on hostile pages', () => {
  expect(new Set(fingerprints.map(({ name }) => name)).size).toBe(fingerprints.length);
  const hostile = ['<title', '149-ФЗ', 'surf safely', '5651 sayılı ', 'blue coat', 'this website is '].map((piece) =>
    bytes(piece.repeat(Math.ceil(70_000 / piece.length))),
  );
  const start = performance.now();
  for (const page of hostile) {
    titleOf(page);
    blockpageOf(page);
  }
  expect(performance.now() - start).toBeLessThan(2000);
});
