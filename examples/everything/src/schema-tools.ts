import type { Server } from '@switchyard/server';
import { z } from 'zod';

/** Tools whose arguments and results are held to schemas: by a schema library, by plain JSON Schema, and in headers. */
export function addSchemaTools(server: Server): void {
  server.registerTool(
    'convert_temperature',
    {
      title: 'Convert temperature',
      description: 'Converts degrees Celsius to Fahrenheit and Kelvin.',
      inputSchema: z.object({ celsius: z.number().min(-273.15).describe('Degrees Celsius') }),
      outputSchema: z.object({ fahrenheit: z.number(), kelvin: z.number() }),
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    },
    ({ celsius }) => ({ structuredContent: { fahrenheit: celsius * 1.8 + 32, kelvin: celsius + 273.15 } }),
  );

  server.registerTool(
    'json_schema_2020_12_tool',
    {
      description: 'Takes arguments described by many keywords of JSON Schema 2020-12.',
      inputSchema: CONTACT,
    },
    (contact) => `JSON Schema 2020-12 tool called with: ${JSON.stringify(contact)}`,
  );

  server.registerTool(
    'test_x_mcp_header',
    {
      description: 'Takes an argument that a header repeats, so that it can be routed on.',
      inputSchema: z.object({
        region: z.string().optional().describe('Where to run').meta({ 'x-mcp-header': 'Region' }),
        level: z.int().optional(),
      }),
    },
    ({ region = 'anywhere', level = 0 }) => `Ran in ${region} at level ${level}.`,
  );
}

const CONTACT = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  // biome-ignore lint/suspicious/noThenProperty: `then` is a keyword of JSON Schema
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
};
