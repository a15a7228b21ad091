import { statSync } from 'node:fs';
import { CONFIG_SCHEMA } from './schema.ts';
import { type ConfigSchemaNode, READ_WITH_CONFIG } from './schema-node.ts';

/** The files that a configuration refers to and that are read when it is taken into use, each once. */
export function referencedFiles(config: unknown): readonly string[] {
  const files = new Set<string>();
  collect(config, CONFIG_SCHEMA, files);
  return [...files];
}

/** A text that changes when one of the files does: is written, replaced, appears or goes. */
export function stampOf(files: readonly string[]): string {
  return files.map(stamp).join('\n');
}

// ---

function collect(value: unknown, node: ConfigSchemaNode, files: Set<string>): void {
  const { $ref, $comment, items, properties, additionalProperties } = node;
  const named =
    $ref === undefined ? undefined : CONFIG_SCHEMA.definitions?.[$ref.replace('#/definitions/', '')];
  if (named !== undefined) collect(value, named, files);
  else if (typeof value === 'string') {
    if ($comment === READ_WITH_CONFIG) files.add(value);
  } else if (Array.isArray(value)) {
    if (items !== undefined) for (const item of value) collect(item, items, files);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      const child =
        properties?.[key] ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
      if (child !== undefined) collect(member, child, files);
    }
  }
}

function stamp(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return `${file} ${found === undefined ? 'absent' : `${found.ino} ${found.size} ${found.mtimeMs}`}`;
}
