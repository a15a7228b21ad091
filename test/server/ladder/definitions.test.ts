import type { JsonSchema } from '@switchyard/schema';
import { createServer } from '@switchyard/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { everywhere } from '../../support/matrix.ts';

const make = () => createServer({ name: 'definitions', version: '1.0.0' });

const declare = (inputSchema: JsonSchema) => () => make().registerTool('tool', { inputSchema }, () => 'ok');

const withProperty = (property: object, more: object = {}): JsonSchema => ({
  type: 'object',
  properties: { p: property },
  ...more,
});

const mirrored = { type: 'string', 'x-mcp-header': 'P' };

describe('a tool is refused where it is declared', () => {
  it.each([
    ['empty', withProperty({ type: 'string', 'x-mcp-header': '' })],
    ['no text', withProperty({ type: 'string', 'x-mcp-header': 7 })],
    ['with a blank', withProperty({ type: 'string', 'x-mcp-header': 'My Region' })],
    ['with a colon', withProperty({ type: 'string', 'x-mcp-header': 'Region:' })],
    ['outside ASCII', withProperty({ type: 'string', 'x-mcp-header': 'Größe' })],
    ['with a line end', withProperty({ type: 'string', 'x-mcp-header': 'Region\r\nX-Evil: 1' })],
    ['with a control character', withProperty({ type: 'string', 'x-mcp-header': 'Re\u0007gion' })],
    ['on a number', withProperty({ type: 'number', 'x-mcp-header': 'P' })],
    ['on an object', withProperty({ type: 'object', 'x-mcp-header': 'P' })],
    ['on an array', withProperty({ type: 'array', 'x-mcp-header': 'P' })],
    ['on null', withProperty({ type: 'null', 'x-mcp-header': 'P' })],
    ['on no type', withProperty({ 'x-mcp-header': 'P' })],
    [
      'twice but for its case',
      { type: 'object', properties: { a: mirrored, b: { type: 'string', 'x-mcp-header': 'p' } } },
    ],
    ['below items', withProperty({ type: 'array', items: mirrored })],
    ['below oneOf', withProperty({ oneOf: [mirrored] })],
    ['below anyOf of the root', withProperty({}, { anyOf: [{ properties: { q: mirrored } }] })],
    ['below if', withProperty({}, { if: { properties: { q: mirrored } } })],
    ['below not', withProperty({ not: mirrored })],
    ['below $defs', withProperty({ $ref: '#/$defs/d' }, { $defs: { d: mirrored } })],
    ['below additionalProperties', { type: 'object', additionalProperties: mirrored }],
    ['on the root', { type: 'object', 'x-mcp-header': 'P' }],
  ])(
    'for an x-mcp-header %s [HTTP-022] [HTTP-023] [HTTP-024] [HTTP-025] [HTTP-026] [HTTP-028] [HTTP-029]',
    (_what, inputSchema) => {
      expect(declare(inputSchema)).toThrow(/tool 'tool' cannot be registered/);
    },
  );

  it.each([
    ['no object', 'text'],
    ['null', null],
    ['a root that is no object', { type: 'string' }],
    ['a root without a type', { properties: {} }],
    ['a dialect by name', { $schema: 'http://json-schema.org/draft-04/schema#', type: 'object' }],
    ['an unknown dialect', { $schema: 'https://example.com/my-dialect', type: 'object' }],
    ['a type that is none', withProperty({ type: 'text' })],
    ['properties that are none', { type: 'object', properties: [] }],
    ['a required that is no list', { type: 'object', required: 'p' }],
    ['a pattern that is none', withProperty({ type: 'string', pattern: '(' })],
    ['a reference into the network', withProperty({ $ref: 'https://example.com/schema.json' })],
    [
      'a reference relative to the network',
      { $id: 'https://example.com/a', ...withProperty({ $ref: 'b.json' }) },
    ],
    ['a reference to nowhere', withProperty({ $ref: '#/$defs/missing' })],
  ])(
    'for an input schema that has %s [TOOL-006] [SCHEMA-005] [BASE-029] [BASE-030] [BASE-031] [BASE-032] [BASE-033] [BASE-035]',
    (_what, inputSchema) => {
      expect(declare(inputSchema as JsonSchema)).toThrow(TypeError);
    },
  );

  it('naming the dialect that is not supported [BASE-030] [BASE-026]', () => {
    const schema = { $schema: 'http://json-schema.org/draft-04/schema#', type: 'object' };
    expect(declare(schema)).toThrow(/draft-04.*not supported.*2020-12.*draft-07/);
  });

  it('for a schema that is too deep, too wide or without end [BASE-036]', () => {
    let deep: JsonSchema = { type: 'string' };
    for (let i = 0; i < 500; i += 1) deep = withProperty(deep);
    expect(declare(deep)).toThrow(TypeError);
    const properties = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, i) => [`p${i}`, { type: 'string' }]),
    );
    expect(declare({ type: 'object', properties })).toThrow(TypeError);
    expect(declare(withProperty({ $ref: '#/properties/p' }))).toThrow(TypeError);
  });

  it('for a name that is taken, and keeps the first [TOOL-011]', () => {
    const server = make();
    server.registerTool('tool', {}, () => 'first');
    expect(() => server.registerTool('tool', {}, () => 'second')).toThrow(/already/);
  });
});

describe('an extension is refused where it is registered', () => {
  it.each([
    'tasks',
    '/tasks',
    'com.example/',
    'com..example/x',
    '1com/x',
    'com.example-/x',
    'com.example/-x',
    'com.example/x-',
    'com.example/a b',
  ])('for the identifier %j [VER-002] [BASE-038] [BASE-039] [BASE-041]', (id) => {
    expect(() => make().registerExtension({ id })).toThrow(TypeError);
  });
});

everywhere('schemas', (start) => {
  it('are 2020-12 unless they say otherwise, and draft-07 where they say so [BASE-025] [BASE-028] [BASE-029]', async () => {
    const tuple = { type: 'array', prefixItems: [{ type: 'string' }], items: false };
    const old = { type: 'array', items: [{ type: 'string' }], additionalItems: false };
    const peer = await start((options) => {
      const server = createServer({ name: 'dialects', version: '1.0.0' }, options);
      server.registerTool('new', { inputSchema: withProperty(tuple) }, () => 'ok');
      const draft07 = { $schema: 'http://json-schema.org/draft-07/schema#', ...withProperty(old) };
      server.registerTool('old', { inputSchema: draft07 }, () => 'ok');
      return server;
    });
    for (const [index, name] of ['new', 'old'].entries()) {
      const good = await peer.call('tools/call', { name, arguments: { p: ['a'] } }, { id: 2 * index });
      const bad = await peer.call(
        'tools/call',
        { name, arguments: { p: ['a', 'b'] } },
        { id: 2 * index + 1 },
      );
      expect([good.result['isError'], bad.result['isError']]).toEqual([undefined, true]);
    }
  });

  it('that are generated say that they are 2020-12 [BASE-027]', async () => {
    const peer = await start((options) => {
      const server = createServer({ name: 'dialects', version: '1.0.0' }, options);
      server.registerTool('zod', { inputSchema: z.object({ a: z.tuple([z.string()]) }) }, () => 'ok');
      return server;
    });
    const { tools } = (await peer.call('tools/list')).result as { tools: [{ inputSchema: object }] };
    const text = JSON.stringify(tools[0].inputSchema);
    expect(text).toContain('prefixItems');
    expect(text).toContain('https://json-schema.org/draft/2020-12/schema');
  });

  it('mirror integers only within the safe range [HTTP-027]', async () => {
    const peer = await start((options) => {
      const server = createServer({ name: 'range', version: '1.0.0' }, options);
      const inputSchema = withProperty({ type: 'integer', 'x-mcp-header': 'P' });
      server.registerTool('tool', { inputSchema }, () => 'ok');
      return server;
    });
    const headers = { 'mcp-param-p': '9007199254740992' };
    const answer = await peer.call('tools/call', { name: 'tool', arguments: { p: 2 ** 53 } }, { headers });
    if (answer.headers.has('content-type')) expect(answer.code).toBe(-32020);
  });
});

everywhere('extensions', (start) => {
  const id = 'com.example/greeting';
  const declared = { extensions: { [id]: {} } };

  it('serve only requests that declare them, and fall back for all others [VER-003] [BASE-045]', async () => {
    const peer = await start((options) => {
      const server = createServer({ name: 'extended', version: '1.0.0' }, options);
      server.registerTool('plain', {}, () => 'plain');
      server.registerExtension({
        id,
        methods: { 'greeting/say': { handler: () => ({ words: 'hello' }) } },
        around: async (call, next) => ({ ...(await next()), greeted: call.method }),
      });
      return server;
    });
    const undeclared = await peer.call('greeting/say');
    expect(undeclared.code).toBe(-32021);
    expect(undeclared.response.error?.data).toEqual({ requiredCapabilities: declared });
    const said = await peer.call('greeting/say', {}, { id: 2, capabilities: declared });
    expect(said.result).toMatchObject({ resultType: 'complete', words: 'hello' });
    const plain = await peer.call('tools/call', { name: 'plain' }, { id: 3 });
    expect(plain.result).not.toHaveProperty('greeted');
    const greeted = await peer.call('tools/call', { name: 'plain' }, { id: 4, capabilities: declared });
    expect(greeted.result).toMatchObject({ greeted: 'tools/call' });
  });

  it('have their types of result only where they are declared [BASE-008]', async () => {
    const peer = await start((options) => {
      const server = createServer({ name: 'extended', version: '1.0.0' }, options);
      server.registerTool('odd', {}, () => ({ resultType: 'greeting', content: [] }) as never);
      server.registerExtension({ id, resultTypes: ['greeting'] });
      return server;
    });
    const undeclared = await peer.call('tools/call', { name: 'odd' });
    expect(undeclared.code).toBe(-32603);
    expect(peer.errors.splice(0)).toHaveLength(1);
    const fine = await peer.call('tools/call', { name: 'odd' }, { id: 2, capabilities: declared });
    expect(fine.result['resultType']).toBe('greeting');
  });
});
