import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { packageRoot } from '../../src/config/package-root.ts';
import { file } from '../../src/config/schema.ts';

const root = (path: string) => join(packageRoot, path);

test('the JSON schema beside the example is current', () => {
  execFileSync(process.execPath, [root('tools/schema.ts'), '--check'], { stdio: 'pipe' });
  const schema = JSON.parse(readFileSync(root('config/reachd.schema.json'), 'utf8'));
  expect(schema).toMatchObject({ type: 'object', additionalProperties: false, title: 'reachd configuration' });
  expect(schema.properties.profile).toMatchObject({ default: 'fixed', enum: ['fixed', 'mobile', null] });
  expect(schema.required).toBeUndefined();
});

interface JsonSchema {
  description?: string;
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
}

test('an editor has a sentence for every key', () => {
  const unexplained = (schema: JsonSchema, above: string): string[] =>
    Object.entries(schema.properties ?? {}).flatMap(([key, below]) => {
      const path = `${above}.${key}`;
      const here = below.description === undefined ? [path] : [];
      return [...here, ...unexplained(below, path), ...unexplained(below.items ?? {}, `${path}[]`)];
    });
  expect(unexplained(JSON.parse(readFileSync(root('config/reachd.schema.json'), 'utf8')), '')).toEqual([]);
});

/** Every key of the schema, at whatever depth, under its path without indices. */
function keys(schema: z.ZodType, above: string): string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault)
    return keys(schema.unwrap() as z.ZodType, above);
  if (schema instanceof z.ZodArray) return keys(schema.element as z.ZodType, above);
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([name, below]) => {
    const path = above === '' ? name : `${above}.${name}`;
    return [path, ...keys(below, path)];
  });
}

test('the commented example explains every key', () => {
  const example = readFileSync(root('config/reachd.yaml'), 'utf8');
  const missing = keys(file, '').filter((path) => {
    const [section = ''] = path.split('.');
    const from = example.search(new RegExp(`^${section}:`, 'm'));
    // A section reaches from the blank line above its comment to the next blank line.
    const block = example.slice(example.lastIndexOf('\n\n', from), example.indexOf('\n\n', from) + 1 || undefined);
    return from < 0 || !new RegExp(`(^|[\\s{#-])${path.split('.').at(-1)}:`, 'm').test(block);
  });
  expect(missing).toEqual([]);
  expect(keys(file, '').length).toBeGreaterThan(80);
});
