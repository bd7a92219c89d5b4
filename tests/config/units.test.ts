import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, formatSize, parseDuration, parseSize } from '../../src/config/units.ts';

test.each([
  ['250ms', 250],
  ['60s', 60_000],
  ['5m', 300_000],
  ['24h', 86_400_000],
  ['30d', 2_592_000_000],
  ['1h30m', 5_400_000],
  ['0s', 0],
])('%s is a duration', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['', '60', 's', '1.5h', '-5m', '5 m', '30m1h', '60S', '1w', '٥s', '60s\n', `${'9'.repeat(12)}s`])(
  '%j is no duration',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test.each([
  ['64KiB', 65_536],
  ['64KB', 64_000],
  ['200MB', 200_000_000],
  ['1.5GB', 1_500_000_000],
  ['2GiB', 2_147_483_648],
  ['0B', 0],
])('%s is a size', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test.each(['', '64', 'KB', '64kb', '64K', '1,5GB', '-1MB', '64 KiB', '1e3MB', '64KiB\n'])('%j is no size', (text) => {
  expect(parseSize(text)).toBeUndefined();
});

test('what is printed is read back as the same number', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 86_400_000_000 }), (ms) => parseDuration(formatDuration(ms)) === ms));
  fc.assert(fc.property(fc.integer({ min: 0, max: 1e14 }), (bytes) => parseSize(formatSize(bytes)) === bytes));
  expect([
    formatDuration(0),
    formatDuration(90_061_001),
    formatSize(65_536),
    formatSize(200_000_000),
    formatSize(1001),
  ]).toEqual(['0s', '1d1h1m1s1ms', '64KiB', '200MB', '1001B']);
});

test('no text makes them throw or give anything but a number of whole units', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const value of [parseDuration(text), parseSize(text)]) {
        expect(value === undefined || (Number.isSafeInteger(value) && value >= 0)).toBe(true);
      }
    }),
  );
});
