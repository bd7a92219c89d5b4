import { expect, test } from 'vitest';
import { Contacts } from '../../src/agent/contacts.ts';

test('an address has rested since it last heard a name', () => {
  const contacts = new Contacts();
  expect(contacts.rested_s('192.0.2.1', 0)).toBeUndefined();
  contacts.touch('192.0.2.1', 1000);
  contacts.touch('192.0.2.1', 61_000);
  expect(contacts.rested_s('192.0.2.1', 241_000)).toBe(180);
});

test('what rested for an hour is forgotten, so that a rotating CDN cannot fill the memory', () => {
  const contacts = new Contacts();
  contacts.touch('192.0.2.1', 0);
  contacts.touch('192.0.2.2', 3_600_000);
  contacts.touch('192.0.2.3', 3_700_000);
  expect(contacts.rested_s('192.0.2.1', 3_700_000)).toBeUndefined();
  expect(contacts.rested_s('192.0.2.2', 3_700_000)).toBe(100);
});
