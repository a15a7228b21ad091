import type { ConfigSchemaNode } from '../src/config/schema-node.ts';

export function schemaText(schema: ConfigSchemaNode): string;
export function configPage(schema: ConfigSchemaNode): string;
