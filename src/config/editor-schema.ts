/** The configuration's schema as JSON Schema, for editors: completion, descriptions, and red lines while typing. */
import { z } from 'zod';
import { file } from './schema.ts';

type JsonSchema = Record<string, unknown>;

/** Draft 7, which yaml-language-server reads best. Cross-key rules and files are left to `reachd check`. */
export function editorSchema(): JsonSchema {
  const schema = z.toJSONSchema(file, {
    io: 'input',
    target: 'draft-7',
    override: ({ jsonSchema }) => allowEmpty(jsonSchema as JsonSchema),
  }) as JsonSchema;
  return { title: 'reachd configuration', ...schema };
}

/** A key without a value keeps its default: so an editor must not mark it. */
function allowEmpty(schema: JsonSchema): void {
  const required = (schema['required'] ?? []) as string[];
  for (const [key, property] of Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>)) {
    if (required.includes(key)) continue;
    if (typeof property['type'] === 'string') property['type'] = [property['type'], 'null'];
    if (Array.isArray(property['enum'])) property['enum'] = [...property['enum'], null];
  }
}
