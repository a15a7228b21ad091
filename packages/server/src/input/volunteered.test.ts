import { expect, test } from 'vitest';
import { createServer } from '../server.ts';

const QUESTION = {
  message: 'What is your name?',
  requestedSchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
};

/** A server whose tool asks for a name under a key; `volunteered` as given. */
function greeter(volunteered: boolean) {
  const server = createServer({ name: 'greeter', version: '1.0.0' }, { onWarning: () => undefined });
  server.registerTool('greet', {}, async (ctx) => {
    const answer = await ctx.elicit(QUESTION, { key: 'user_name', volunteered });
    return answer.action === 'accept' ? `Hello, ${answer.content['name']}!` : 'Hello!';
  });
  return async (params: Record<string, unknown>) => {
    const response = await server.fetch(callOf(params));
    // The cases look at these fields only.
    return (await response.json()) as Answer;
  };
}

interface Answer {
  readonly result?: {
    readonly resultType: string;
    readonly content?: unknown;
    readonly requestState?: string;
  };
  readonly error?: { readonly code: number };
}

function callOf(params: Record<string, unknown>): Request {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': { elicitation: {} },
  };
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'greet', _meta, ...params } };
  const headers = {
    host: 'localhost',
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': 'greet',
  };
  return new Request('http://localhost/mcp', { method: 'POST', headers, body: JSON.stringify(body) });
}

const accept = (content: unknown) => ({ action: 'accept', content });
const greeting = (text: string) => [{ type: 'text', text }];

test('a volunteered answer saves the round', async () => {
  const { result } = await greeter(true)({
    inputResponses: { user_name: accept({ name: 'Alice' }), other: 1 },
  });
  expect(result).toMatchObject({ resultType: 'complete', content: greeting('Hello, Alice!') });
});

test('a question is asked where nothing under its key was volunteered', async () => {
  const call = greeter(true);
  const asked = await call({ inputResponses: { wrong_key: accept({ name: 'Alice' }) } });
  expect(asked.result).toMatchObject({ resultType: 'input_required' });
  const requestState = asked.result?.requestState;
  const done = await call({ inputResponses: { user_name: accept({ name: 'Bob' }) }, requestState });
  expect(done.result?.content).toEqual(greeting('Hello, Bob!'));
});

test('a volunteered answer is held to the form and to its shape like any other', async () => {
  const call = greeter(true);
  expect((await call({ inputResponses: { user_name: accept({ name: 7 }) } })).error?.code).toBe(-32602);
  expect((await call({ inputResponses: { user_name: 12345 } })).error?.code).toBe(-32602);
});

test('without the option an answer counts only once the question was asked', async () => {
  const { result } = await greeter(false)({ inputResponses: { user_name: accept({ name: 'Alice' }) } });
  expect(result).toMatchObject({ resultType: 'input_required' });
});

test('the option needs a key', async () => {
  const errors: unknown[] = [];
  const onError = (error: unknown) => void errors.push(error);
  const server = createServer({ name: 'greeter', version: '1.0.0' }, { onError, onWarning: () => undefined });
  server.registerTool('greet', {}, async (ctx) => (await ctx.elicit(QUESTION, { volunteered: true })).action);
  await server.fetch(callOf({}));
  expect(errors).toEqual([new TypeError('A question with `volunteered` needs a key.')]);
});
