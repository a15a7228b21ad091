import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { expect, it } from 'vitest';
import {
  checkParamHeaders,
  checkStandardHeaders,
  compileHeaderBindings,
  encodeComment,
  encodeEvent,
  type JSONRPCRequest,
  notificationMessage,
  parseMessageStrict,
  readEnvelope,
  resultMessage,
} from './index.ts';

const inputSchema = {
  type: 'object',
  properties: {
    region: { type: 'string', 'x-mcp-header': 'Region' },
    rows: { type: 'integer', 'x-mcp-header': 'Rows' },
    options: { type: 'object', properties: { dry: { type: 'boolean', 'x-mcp-header': 'Dry-Run' } } },
  },
};
const compiled = compileHeaderBindings(inputSchema);
const hints = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };
const answers: Record<string, object> = {
  'server/discover': { ...hints, supportedVersions: ['2026-07-28'], capabilities: { tools: {} } },
  'tools/list': { ...hints, tools: [{ name: 'query — 世界', inputSchema }] },
  'tools/call': { resultType: 'complete', content: [{ type: 'text', text: 'line\r\nline 世界' }] },
};

/** Checks a request as a server would, and answers it: calls as a stream, everything else as one JSON text. */
async function serve(
  input: string | URL,
  init: RequestInit | undefined,
  seen: JSONRPCRequest[],
): Promise<Response> {
  const sent = new Request(input, init);
  const outcome = parseMessageStrict(new Uint8Array(await sent.arrayBuffer()));
  if (outcome.kind !== 'request') throw new Error(`got ${JSON.stringify(outcome)}`);
  const { message } = outcome;
  const header = (name: string) => sent.headers.get(name) ?? undefined;
  expect(readEnvelope(message.params)).toMatchObject({
    ok: true,
    envelope: { clientInfo: { name: 'stranger' } },
  });
  expect(checkStandardHeaders(message, header)).toBeUndefined();
  seen.push(message);
  const result = resultMessage(message.id, JSON.stringify(answers[message.method]));
  if (message.method !== 'tools/call')
    return new Response(result, { headers: { 'content-type': 'application/json' } });
  if (!compiled.ok) throw new Error(compiled.reason);
  const args = message.params?.['arguments'];
  expect(checkParamHeaders(compiled.bindings, args as Record<string, unknown>, header)).toBeUndefined(); // an object, as typed
  const envelope = readEnvelope(message.params);
  const progressToken = envelope.ok ? envelope.envelope.progressToken : undefined;
  const progress = notificationMessage('notifications/progress', {
    progressToken,
    progress: 1,
    message: 'half',
  });
  const stream = encodeComment() + encodeEvent({ data: progress }) + encodeEvent({ data: result });
  return new Response(stream, { headers: { 'content-type': 'text/event-stream' } });
}

it('the official client and this package understand each other', async () => {
  const seen: JSONRPCRequest[] = [];
  const client = new Client({ name: 'stranger', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  const transport = new StreamableHTTPClientTransport(new URL('http://127.0.0.1/mcp'), {
    fetch: (input, init) => serve(input, init, seen),
  });
  await client.connect(transport);
  const { tools } = await client.listTools();
  const steps: unknown[] = [];
  const args = { region: ' Zürich\n', rows: 9007199254740991, options: { dry: false } };
  const result = await client.callTool(
    { name: tools[0]?.name ?? '', arguments: args },
    { onprogress: ({ message }) => steps.push(message) },
  );
  await client.close();
  expect(result.content).toEqual([{ type: 'text', text: 'line\r\nline 世界' }]);
  expect(steps).toEqual(['half']);
  expect(seen.map(({ method }) => method)).toEqual(['server/discover', 'tools/list', 'tools/call']);
  expect(seen[2]?.params).toMatchObject({ name: 'query — 世界', arguments: args });
});
