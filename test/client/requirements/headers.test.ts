import { createClient } from '@switchyard/client';
import { describe, expect, it } from 'vitest';
import { Answered, type Script, scripted } from '../scripted.ts';

const DONE = { content: [] };
const SCHEMA = {
  type: 'object',
  properties: {
    region: { type: 'string', 'x-mcp-header': 'Region' },
    count: { type: 'integer', 'x-mcp-header': 'Count' },
    dry: { type: 'boolean', 'x-mcp-header': 'Dry-Run' },
    place: { type: 'object', properties: { city: { type: 'string', 'x-mcp-header': 'City' } } },
    city: { type: 'string' },
  },
};

function setUp(script: Script, transport: 'http' | 'stdio' = 'http') {
  const { link, received } = scripted(script, transport);
  const warnings: string[] = [];
  const client = createClient({ link, onWarning: (text) => warnings.push(text) });
  const callHeaders = () =>
    received.filter(({ method }) => method === 'tools/call').at(-1)?.wire.headers ?? {};
  return { client, received, warnings, callHeaders };
}

const serve: Script = ({ method }) =>
  method === 'tools/list' ? { tools: [{ name: 't', inputSchema: SCHEMA }] } : DONE;

/** The `Mcp-Param-*` headers of a call. */
async function paramHeaders(args: Readonly<Record<string, unknown>>) {
  const { client, callHeaders } = setUp(serve);
  await client.listTools();
  await client.callTool('t', args);
  const own = Object.entries(callHeaders()).filter(([name]) => name.startsWith('mcp-param-'));
  return Object.fromEntries(own);
}

describe('the headers of a call', () => {
  it('mirror the arguments that the tool marks, from their exact paths [HTTP-059] [HTTP-063] [HTTP-067]', async () => {
    const args = { region: 'us-west1', count: -7, dry: false, place: { city: 'Oslo' }, city: 'Rome' };
    expect(await paramHeaders(args)).toEqual({
      'mcp-param-region': 'us-west1',
      'mcp-param-count': '-7',
      'mcp-param-dry-run': 'false',
      'mcp-param-city': 'Oslo',
    });
    expect(await paramHeaders({ count: 42, dry: true })).toEqual({
      'mcp-param-count': '42',
      'mcp-param-dry-run': 'true',
    });
  });

  it('leave out what is null, and what is absent [HTTP-068] [HTTP-069]', async () => {
    expect(await paramHeaders({ region: null, place: null, city: 'Rome' })).toEqual({});
    expect(await paramHeaders({ place: {} })).toEqual({});
  });

  // The examples of the specification.
  it.each([
    ['us-west1', 'us-west1'],
    ['Hello, 世界', '=?base64?SGVsbG8sIOS4lueVjA==?='],
    [' padded ', '=?base64?IHBhZGRlZCA=?='],
    ['line1\nline2', '=?base64?bGluZTEKbGluZTI=?='],
    ['=?base64?literal?=', '=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?='],
  ])('encode %j as the rules say [HTTP-058] [HTTP-064] [HTTP-065] [HTTP-066]', async (value, header) => {
    expect(await paramHeaders({ region: value })).toEqual({ 'mcp-param-region': header });
    const { client, callHeaders } = setUp(serve);
    await client.callTool(value);
    expect(callHeaders()['mcp-name']).toBe(header);
  });

  it('are made anew from a new list, once, after a HeaderMismatch [HTTP-070]', async () => {
    const { client, received, callHeaders } = setUp((request, turn) => {
      if (request.method === 'tools/call' && request.wire.headers['mcp-param-region'] === undefined)
        throw new Answered(-32020, { status: 400 });
      return serve(request, turn);
    });
    await client.callTool('t', { region: 'eu' });
    expect(received.map(({ method }) => method)).toEqual(['tools/call', 'tools/list', 'tools/call']);
    expect(callHeaders()['mcp-param-region']).toBe('eu');
    const stubborn = setUp((request, turn) => {
      if (request.method === 'tools/call') throw new Answered(-32020, { status: 400 });
      return serve(request, turn);
    });
    await expect(stubborn.client.callTool('t', { region: 'eu' })).rejects.toMatchObject({ code: -32020 });
    expect(stubborn.received.filter(({ method }) => method === 'tools/call')).toHaveLength(2);
  });
});

describe('a tool with a bad x-mcp-header', () => {
  const marked = (mark: unknown, type = 'string') => ({ a: { type, 'x-mcp-header': mark } });
  const BAD: readonly (readonly [string, object])[] = [
    ['an empty name', marked('')],
    ['a name with a space', marked('my region')],
    ['a name with a colon', marked('a:b')],
    ['a name with a line break', marked('a\r\nX-Evil: 1')],
    ['a name that is no text', marked(7)],
    [
      'names that differ only in case',
      { ...marked('Region'), b: { type: 'string', 'x-mcp-header': 'REGION' } },
    ],
    ['a number', marked('A', 'number')],
    ['an object', marked('A', 'object')],
    ['an array', marked('A', 'array')],
    [
      'what is within an array',
      { list: { type: 'array', items: { type: 'object', properties: marked('A') } } },
    ],
    ['what is within a choice', { one: { anyOf: [{ type: 'object', properties: marked('A') }] } }],
  ];
  const list = (properties: object): Script => {
    const tools = [
      { name: 'bad', inputSchema: { type: 'object', properties } },
      { name: 'good', inputSchema: { type: 'object' } },
    ];
    return ({ method }) => (method === 'tools/list' ? { tools } : DONE);
  };

  it.each(BAD)(
    '(%s) is left out and not called, with a warning [HTTP-060] [HTTP-061] [HTTP-062]',
    async (_, properties) => {
      const { client, warnings, received } = setUp(list(properties));
      expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['good']);
      expect(warnings).toEqual([expect.stringMatching(/"bad".*: \S+/)]);
      await expect(client.callTool('bad')).rejects.toMatchObject({ code: 'invalid-tool' });
      expect(received).toHaveLength(1);
      expect(await client.callTool('good')).toMatchObject(DONE);
    },
  );

  it('over stdio is none', async () => {
    const { client, warnings } = setUp((request, turn) => {
      const discovery = {
        supportedVersions: ['2026-07-28'],
        capabilities: {},
        ttlMs: 0,
        cacheScope: 'private',
      };
      return request.method === 'server/discover' ? discovery : list(marked(''))(request, turn);
    }, 'stdio');
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['bad', 'good']);
    expect(warnings).toEqual([]);
  });
});
