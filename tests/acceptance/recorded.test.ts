/** Rows that last for hours or for evenings: recorded rounds through the judge. */
import { test } from 'vitest';
import { recordedRows } from './recorded-rows.ts';

test.each(Object.keys(recordedRows))('%s', (name) => recordedRows[name]!());
