import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openAsnFile } from '../../src/measure/asn-file.ts';
import { writeMmdb } from './mmdb.ts';

const file = writeMmdb({
  // MaxMind's and DB-IP's form, IPinfo's, and entries that make no sense.
  '203.99.0.0/16': { autonomous_system_number: 17557 },
  '39.32.0.0/11': { asn: 'AS45595' },
  '198.18.0.0/15': { asn: 'seventeen' },
  '100.64.0.0/10': { autonomous_system_number: 0 },
});

test('the network that announces an address, in the words of either publisher', () => {
  const asnOf = openAsnFile(file, 'asn.mmdb');
  expect(asnOf('203.99.163.240')).toBe(17557);
  expect(asnOf('39.40.1.1')).toBe(45595);
  expect(asnOf('::ffff:203.99.163.240')).toBeUndefined();
});

test('what the file does not know, or says without sense, is unknown', () => {
  const asnOf = openAsnFile(file, 'asn.mmdb');
  for (const ip of ['8.8.8.8', '198.18.0.1', '100.64.0.1', '2001:db8::1', 'no address', '']) {
    expect(asnOf(ip)).toBeUndefined();
  }
});

test('a file of another kind is one clear line', () => {
  for (const other of [Buffer.alloc(0), Buffer.from('network,asn\n8.8.8.0/24,15169\n'), file.subarray(0, 300)]) {
    expect(() => openAsnFile(other, 'networks.csv')).toThrow(
      'asn.mmdb_file: networks.csv is not a MaxMind DB file that can be read',
    );
  }
});

test('a damaged file never throws when it is asked', () => {
  fc.assert(
    fc.property(fc.nat(file.length - 1), fc.nat(255), fc.ipV4(), (place, byte, ip) => {
      const damaged = Buffer.from(file);
      damaged[place] = byte;
      let asnOf: (ip: string) => number | undefined;
      try {
        asnOf = openAsnFile(damaged, 'damaged.mmdb');
      } catch (error) {
        expect((error as Error).message).toContain('not a MaxMind DB file');
        return;
      }
      for (const asked of [ip, '203.99.1.1', '39.32.0.1'])
        expect([undefined, expect.any(Number)]).toContainEqual(asnOf(asked));
    }),
    { numRuns: 2000 },
  );
});
