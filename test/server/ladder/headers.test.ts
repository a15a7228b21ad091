import { createServer } from '@switchyard/server';
import { expect, it } from 'vitest';
import type { BaseOptions } from '../../support/matrix.ts';
import { overHttp } from '../../support/matrix.ts';
import { headersOf, headerText, META_VERSION, requestOf } from '../../support/messages.ts';
import type { HttpPeer } from '../../support/peer.ts';

const annotated = {
  type: 'object',
  properties: {
    region: { type: 'string', 'x-mcp-header': 'Region' },
    count: { type: 'integer', 'x-mcp-header': 'Count' },
    dry: { type: 'boolean', 'x-mcp-header': 'Dry-Run' },
    deep: { type: 'object', properties: { id: { type: 'string', 'x-mcp-header': 'Deep' } } },
    free: { type: 'string' },
  },
};

function build(options: BaseOptions) {
  const server = createServer({ name: 'headers', version: '1.0.0' }, options);
  server.registerTool('annotated', { inputSchema: annotated }, (args) => JSON.stringify(args));
  server.registerTool('grüße', {}, () => 'hello');
  server.registerPrompt('prompt', {}, () => 'prompt');
  server.registerResource('note', 'test://note', {}, () => 'note');
  return server;
}

const refused = { status: 400, code: -32020 };

overHttp('the standard headers', (start) => {
  it.each([
    ['without a version', 'tools/list', { 'mcp-protocol-version': undefined }],
    ['without a method', 'tools/list', { 'mcp-method': undefined }],
    ['with another method', 'tools/list', { 'mcp-method': 'tools/call' }],
    ['with the method in capitals', 'tools/list', { 'mcp-method': 'TOOLS/LIST' }],
    ['without the name of a tool', 'tools/call', { 'mcp-name': undefined }],
    ['without the name of a prompt', 'prompts/get', { 'mcp-name': undefined }],
    ['without the URI of a resource', 'resources/read', { 'mcp-name': undefined }],
    ['with another name', 'tools/call', { 'mcp-name': 'other' }],
    ['with the name in capitals', 'tools/call', { 'mcp-name': 'ANNOTATED' }],
    ['with two names', 'tools/call', { 'mcp-name': ['annotated', 'annotated'] }],
    ['with a name in bad Base64', 'tools/call', { 'mcp-name': '=?base64?YW5ub3RhdGVk!?=' }],
    ['with a name in Base64 that is not UTF-8', 'tools/call', { 'mcp-name': '=?base64?/w==?=' }],
  ])(
    'are needed: a request %s is refused [HTTP-020] [HTTP-021] [HTTP-043] [HTTP-044]',
    async (_what, method, headers) => {
      const peer = await start(build);
      const named = {
        'tools/call': { name: 'annotated' },
        'prompts/get': { name: 'prompt' },
        'resources/read': { uri: 'test://note' },
      };
      const params = (named as Record<string, object>)[method] ?? {};
      const answer = await peer.call(method, { ...params }, { id: 'x', headers });
      expect({ status: answer.status, code: answer.code }).toEqual(refused);
      expect(answer.response.id).toBe('x');
    },
  );

  it('agree with the body on the version [HTTP-017]', async () => {
    const peer = await start(build);
    const body = await peer.call('tools/list', {}, { meta: { [META_VERSION]: 'v999.0.0' } });
    const header = await peer.call('tools/list', {}, { headers: { 'mcp-protocol-version': '2025-11-25' } });
    expect([body, header].map(({ status, code }) => ({ status, code }))).toEqual([refused, refused]);
  });

  it('are found whatever their case, with blanks around their value [HTTP-040]', async () => {
    const peer = await start(build);
    const {
      'mcp-method': method,
      'mcp-name': _name,
      ...rest
    } = headersOf(requestOf('tools/call', { name: 'annotated' }));
    const headers = { ...rest, 'MCP-METHOD': method ?? '', 'Mcp-NAME': '  annotated\t' };
    const body = JSON.stringify(requestOf('tools/call', { name: 'annotated' }));
    expect((await peer.post(body, headers)).result).toMatchObject({ content: [{ text: '{}' }] });
  });

  it('are decoded before they are compared [HTTP-032]', async () => {
    const peer = await start(build);
    const plain = await peer.call('tools/call', { name: 'grüße' });
    const headers = { 'mcp-name': `=?base64?${Buffer.from('annotated').toString('base64')}?=` };
    const needless = await peer.call('tools/call', { name: 'annotated' }, { headers });
    expect([plain.status, needless.status]).toEqual([200, 200]);
  });
});

const param = (name: string) => `mcp-param-${name}`;

async function callWith(
  peer: HttpPeer,
  args: object,
  headers: Record<string, string | readonly string[] | undefined>,
) {
  const { status, code } = await peer.call('tools/call', { name: 'annotated', arguments: args }, { headers });
  return { status, code };
}

const accepted = { status: 200, code: undefined };

overHttp('parameter headers', (start) => {
  it.each([
    ['a text', { region: 'eu-west' }, { region: 'eu-west' }],
    ['a text with inner blanks', { region: 'eu west 1' }, { region: 'eu west 1' }],
    ['another alphabet', { region: 'Zürich 世界' }, { region: headerText('Zürich 世界') }],
    ['outer blanks', { region: ' padded ' }, { region: headerText(' padded ') }],
    ['control characters', { region: 'a\nb\u0000c' }, { region: headerText('a\nb\u0000c') }],
    ['what looks encoded', { region: '=?base64?eA==?=' }, { region: headerText('=?base64?eA==?=') }],
    ['an empty text', { region: '' }, { region: '' }],
    ['a number', { count: 42 }, { count: '42' }],
    ['the same number written otherwise', { count: 42 }, { count: '42.0' }],
    ['with an exponent', { count: 42 }, { count: '4.2e1' }],
    ['a negative number', { count: -7 }, { count: '-7' }],
    ['a truth value', { dry: false }, { 'dry-run': 'false' }],
    ['a nested value', { deep: { id: 'x' } }, { deep: 'x' }],
    ['nothing, where there is nothing', {}, {}],
    ['nothing, for null', { region: null, deep: null }, {}],
    ['nothing, below what is absent', { deep: {} }, {}],
    ['what no tool asks for', {}, { unknown: 'x' }],
    ['what is not annotated', { free: 'x' }, {}],
  ])('agree: %s [HTTP-035] [HTTP-037] [HTTP-038] [HTTP-042]', async (_what, args, values) => {
    const peer = await start(build);
    const headers = Object.fromEntries(Object.entries(values).map(([name, value]) => [param(name), value]));
    const { code } = await callWith(peer, args, headers);
    expect(code).toBeUndefined();
  });

  it.each([
    ['is missing', { region: 'eu' }, {}],
    ['is missing for a nested value', { deep: { id: 'x' } }, {}],
    ['says otherwise', { region: 'eu' }, { region: 'us' }],
    ['is there for nothing', {}, { region: 'eu' }],
    ['is there for null', { region: null }, { region: 'null' }],
    ['differs in case', { region: 'eu' }, { region: 'EU' }],
    ['is another number', { count: 42 }, { count: '43' }],
    ['is no number', { count: 42 }, { count: '0x2A' }],
    ['loses precision', { count: 9007199254740991 }, { count: '9007199254740992' }],
    ['is a truth value in capitals', { dry: true }, { 'dry-run': 'TRUE' }],
    ['has bad Base64', { region: 'Hello' }, { region: '=?base64?SGVsbG8?=' }],
    ['has characters outside Base64', { region: 'Hello' }, { region: '=?base64?SGVs*G8=?=' }],
    ['lacks the end of the encoding', { region: 'Hello' }, { region: '=?base64?SGVsbG8=' }],
    ['has the mark of the encoding in capitals', { region: 'Hello' }, { region: '=?BASE64?SGVsbG8=?=' }],
    ['comes twice', { region: 'eu' }, { region: ['eu', 'eu'] }],
  ])(
    'disagree: one that %s [HTTP-030] [HTTP-034] [HTTP-035] [HTTP-036] [HTTP-039] [HTTP-041]',
    async (_what, args, values) => {
      const peer = await start(build);
      const headers = Object.fromEntries(Object.entries(values).map(([name, value]) => [param(name), value]));
      expect(await callWith(peer, args, headers)).toEqual(refused);
    },
  );

  it('are compared with what was sent, not with defaults filled in [HTTP-038] [HTTP-039]', async () => {
    const { z } = await import('zod');
    const peer = await start((options) => {
      const server = createServer({ name: 'headers', version: '1.0.0' }, options);
      const region = z.string().default('eu').meta({ 'x-mcp-header': 'Region' });
      server.registerTool('annotated', { inputSchema: z.object({ region }) }, ({ region: given }) => given);
      return server;
    });
    expect(await callWith(peer, {}, {})).toEqual(accepted);
    expect(await callWith(peer, { region: 'us' }, {})).toEqual(refused);
  });
});
