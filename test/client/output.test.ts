import { createClient } from '@switchyard/client';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { scripted } from './scripted.ts';

function setUp(outputSchema: object | undefined, answer: object, options = {}) {
  const tools = [{ name: 't', inputSchema: { type: 'object' }, outputSchema }];
  const { link } = scripted(({ method }) =>
    method === 'tools/list' ? { tools } : { content: [], ...answer },
  );
  const warnings: string[] = [];
  const client = createClient({ link, onWarning: (text) => warnings.push(text), ...options });
  return { client, warnings };
}

const SUM = { type: 'object', properties: { sum: { type: 'number' } }, required: ['sum'] };

describe('structured content', () => {
  it.each([
    [{ structuredContent: { sum: 3 } }, true],
    [{ structuredContent: { sum: 'three' } }, false],
    [{ structuredContent: null }, false],
    [{}, false],
    [{ isError: true }, true],
  ])('%j is held to its schema', async (answer, isFine) => {
    const { client } = setUp(SUM, answer);
    await client.listTools();
    const call = client.callTool('t');
    if (isFine) await expect(call).resolves.toMatchObject(answer);
    else await expect(call).rejects.toMatchObject({ code: 'invalid-response', mayHaveRun: true });
  });

  it('is left alone where no schema is known, or that is wanted', async () => {
    const unknown = setUp(SUM, {});
    await unknown.client.callTool('t');
    const trusted = setUp(SUM, {}, { validateOutput: false });
    await trusted.client.listTools();
    await trusted.client.callTool('t');
  });

  it('is left alone where the schema cannot be run safely; nothing is fetched', async () => {
    const { client, warnings } = setUp({ $ref: 'https://example.com/evil.json' }, { structuredContent: 1 });
    await client.listTools();
    await client.callTool('t');
    await client.callTool('t');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('"t"');
  });
});

describe('tools that break the rules of x-mcp-header', () => {
  it('are left out, named, and not called', async () => {
    const bad = { type: 'object', properties: { a: { type: 'object', 'x-mcp-header': 'A' } } };
    const { link, received } = scripted(() => ({
      tools: [
        { name: 'bad', inputSchema: bad },
        { name: 'good', inputSchema: { type: 'object' } },
      ],
    }));
    const warnings: string[] = [];
    const client = createClient({ link, onWarning: (text) => warnings.push(text) });
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['good']);
    expect((await client.listToolsPage()).tools.map(({ name }) => name)).toEqual(['good']);
    expect(warnings).toEqual([expect.stringContaining('"bad"')]);
    await expect(client.callTool('bad')).rejects.toMatchObject({ code: 'invalid-tool' });
    expect(received.map(({ method }) => method)).toEqual(['tools/list', 'tools/list']);
  });
});

it('types calls by what is said of the tools', async () => {
  interface Tools {
    add: { input: { a: number; b: number }; output: { sum: number } };
    greet: { input: { name: string } };
  }
  const { link } = scripted(() => ({ content: [], structuredContent: { sum: 3 } }));
  const client = createClient<Tools>({ link });
  const result = await client.callTool('add', { a: 1, b: 2 });
  expectTypeOf(result.structuredContent).toEqualTypeOf<{ sum: number } | undefined>();
  // @ts-expect-error there is no such tool
  await client.callTool('subtract');
  // @ts-expect-error the arguments are others
  await client.callTool('add', { a: '1' });
  expect(result.structuredContent).toEqual({ sum: 3 });
});
