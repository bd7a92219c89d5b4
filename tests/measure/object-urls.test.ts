import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { objectUrls } from '../../src/measure/object-urls.ts';

const base = new URL('https://x.com/');
const host = 'abs.twimg.com';
const found = (page: string) => objectUrls(page, base, host).map(({ href }) => href);

describe('objects in a page', () => {
  test('in tags and in scripts, however the slashes are written; bundles before images', () => {
    const page = `<link rel="preload" href="https://abs.twimg.com/fonts/a.woff2">
      <img src='//abs.twimg.com/i/photo.jpg'><script src="https://abs.twimg.com/main.3f1c.js"></script>
      {"bundle":"https:\\/\\/abs.twimg.com\\/b.css"} {"c":"https:\\u002f\\u002fabs.twimg.com\\u002fc.mp4"}`;
    expect(found(page)).toEqual([
      'https://abs.twimg.com/main.3f1c.js',
      'https://abs.twimg.com/b.css',
      'https://abs.twimg.com/c.mp4',
      'https://abs.twimg.com/i/photo.jpg',
      'https://abs.twimg.com/fonts/a.woff2',
    ]);
  });

  test('only on the target’s own host, by https, without what may be a visitor’s secret', () => {
    const page = `<a href="https://abs.twimg.com.evil.example/a.js"> https://evil.example/abs.twimg.com/a.js
      http://abs.twimg.com/clear.js https://user:secret@abs.twimg.com/b.js https://abs.twimg.com:8443/c.js
      https://x.com/d.js https://abs.twimg.com/e.js?token=secret&amp;v=2#top https://abs.twimg.com/api/settings.json`;
    expect(found(page)).toEqual(['https://abs.twimg.com/e.js']);
  });

  test('relative addresses are read against the page', () => {
    expect(objectUrls('<script src="/s/app.js">', new URL('https://abs.twimg.com/page/'), host)[0]?.href).toBe(
      'https://abs.twimg.com/s/app.js',
    );
  });

  test('a page that is made to hold us up does not', () => {
    const hostile = `https://${'abs.twimg.com/'.repeat(4000)}`.repeat(1) + 'src="'.repeat(10_000);
    expect(found(hostile).length).toBeLessThanOrEqual(50);
  });

  test('any text whatever gives only addresses that may be asked for', () => {
    const piece = fc.constantFrom(
      'https://',
      host,
      '/',
      '.js',
      '"',
      "'",
      'src=',
      '?',
      '\\/',
      '@',
      ':',
      '&amp;',
      ' ',
      'ü',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 60 }), (pieces) => {
        for (const url of objectUrls(pieces.join(''), base, host)) {
          expect([url.protocol, url.hostname, url.port, url.search, url.username]).toEqual([
            'https:',
            host,
            '',
            '',
            '',
          ]);
        }
      }),
    );
  });
});
