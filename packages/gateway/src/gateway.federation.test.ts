import { describe, expect, it } from 'vitest';
import { ask } from '../test/federation.ts';
import { federationOf, memberServer, serveMember } from '../test/members.ts';
import { nowhere, open, read, upstream } from '../test/support.ts';

async function two() {
  const a = await serveMember(memberServer('alpha'));
  const b = await serveMember(memberServer('beta'));
  const running = await federationOf({ a: a.url, b: b.url });
  return { a, b, ...running };
}

describe('lists', () => {
  it('are merged in the order of the servers, with equal names kept apart [TOOL-012] [TOOL-013]', async () => {
    const { url } = await two();
    const { json } = await ask(url, 'tools/list');
    const names = json.result.tools.map((tool: { name: string }) => tool.name);
    const own = ['who', 'ask', 'link', 'steps', 'shown'];
    expect(names).toEqual([...own.map((name) => `a__${name}`), ...own.map((name) => `b__${name}`)]);
    expect(json.result).toMatchObject({ resultType: 'complete', ttlMs: 60_000, cacheScope: 'public' });
    expect(json.result._meta).toEqual({
      'io.modelcontextprotocol/serverInfo': { name: 'switchyard-gateway', version: '0.1.0' },
    });
    const resources = (await ask(url, 'resources/list')).json.result.resources;
    expect(resources.map((resource: { uri: string }) => resource.uri)).toEqual([
      ...['a+file:///note', 'ui://a/app/main', 'b+file:///note', 'ui://b/app/main'],
    ]);
    const templates = (await ask(url, 'resources/templates/list')).json.result.resourceTemplates;
    expect(templates.map((one: { uriTemplate: string }) => one.uriTemplate)).toEqual([
      ...['a+file:///items/{id}', 'b+file:///items/{id}'],
    ]);
    const prompts = (await ask(url, 'prompts/list')).json.result.prompts;
    expect(prompts.map((prompt: { name: string }) => prompt.name)).toEqual(['a__about', 'b__about']);
  });

  it('show both spellings of the interface of a tool under its new URI', async () => {
    const { url } = await two();
    const { tools } = (await ask(url, 'tools/list')).json.result;
    const shown = tools.find((tool: { name: string }) => tool.name === 'b__shown');
    expect(shown._meta).toEqual({
      ui: { resourceUri: 'ui://b/app/main' },
      'ui/resourceUri': 'ui://b/app/main',
    });
  });

  it('lack only what a dead server has, and say so', async () => {
    const b = await serveMember(memberServer('beta'));
    const { url, events } = await federationOf({ a: await nowhere(), b: b.url });
    const { json } = await ask(url, 'tools/list');
    expect(json.result.tools).toHaveLength(5);
    expect(json.result._meta['dev.switchyard/missing']).toEqual([{ server: 'a', why: 'unreachable' }]);
    expect(json.result.ttlMs).toBeLessThanOrEqual(1000);
    expect(events).toContainEqual({
      ...{ type: 'federation-missing', server: 'a', method: 'tools/list', why: 'unreachable' },
    });
    expect((await ask(url, 'tools/call', { name: 'b__who' })).json.result.content[0].text).toBe('beta');
    expect((await ask(url, 'tools/call', { name: 'a__who' })).status).toBe(503);
  });

  it('do not wait for a slow server longer than they should', async () => {
    const slow = await upstream(() => {});
    const b = await serveMember(memberServer('beta'));
    const { url } = await federationOf({ a: slow.url, b: b.url }, { federation: { timeout: '200ms' } });
    const started = Date.now();
    const { json } = await ask(url, 'tools/list');
    expect(Date.now() - started).toBeLessThan(2000);
    expect(json.result.tools).toHaveLength(5);
    expect(json.result._meta['dev.switchyard/missing']).toEqual([{ server: 'a', why: 'timeout' }]);
  });

  it('are an error where no server answers', async () => {
    const { url } = await federationOf({ a: await nowhere(), b: await nowhere() });
    const answer = await ask(url, 'tools/list', {}, { id: 'x' });
    expect([answer.status, answer.json.error.code, answer.json.id]).toEqual([503, 50303, 'x']);
  });
});

describe('calls', () => {
  it('reach the server that the name says, whatever the others have', async () => {
    const { url } = await two();
    for (const [name, who] of [
      ['a__who', 'alpha'],
      ['b__who', 'beta'],
    ])
      expect((await ask(url, 'tools/call', { name })).json.result.content).toEqual([
        { type: 'text', text: who },
      ]);
    const prompt = await ask(url, 'prompts/get', { name: 'b__about', arguments: { topic: 'tea' } });
    expect(prompt.json.result.messages[0].content.text).toBe('beta on tea');
    const read = await ask(url, 'resources/read', { uri: 'b+file:///note' });
    expect(read.json.result.contents).toEqual([{ uri: 'b+file:///note', text: 'a note of beta' }]);
    const item = await ask(url, 'resources/read', { uri: 'a+file:///items/7' });
    expect(item.json.result.contents).toEqual([{ uri: 'a+file:///items/7', text: 'alpha 7' }]);
  });

  it('complete arguments at the server that is referred to', async () => {
    const { url } = await two();
    const argument = { name: 'topic', value: '' };
    const { json } = await ask(url, 'completion/complete', {
      ref: { type: 'ref/prompt', name: 'b__about' },
      argument,
    });
    expect(json.result.completion.values).toEqual(['beta', 'tea']);
    const none = await ask(url, 'completion/complete', {
      ref: { type: 'ref/prompt', name: 'about' },
      argument,
    });
    expect(none.json.error.code).toBe(-32602);
  });

  it('give back links, embedded resources and interfaces under their new URIs', async () => {
    const { url } = await two();
    const { result } = (await ask(url, 'tools/call', { name: 'a__link' })).json;
    expect(result.content[0].uri).toBe('a+file:///note');
    expect(result.content[1].resource.uri).toBe('ui://a/app/main');
    expect(result._meta.ui.resourceUri).toBe('ui://a/app/main');
    expect(result._meta['ui/resourceUri']).toBe('ui://a/app/main');
  });

  it('are refused for a name that no server has, as a server refuses it', async () => {
    const { url } = await two();
    const tool = await ask(url, 'tools/call', { name: 'who' });
    expect([tool.status, tool.json.error]).toEqual([200, { code: -32602, message: 'Unknown tool: who' }]);
    const uri = 'file:///note';
    const resource = await ask(url, 'resources/read', { uri });
    expect(resource.json.error).toEqual({ code: -32602, message: 'Resource not found', data: { uri } });
    const missing = await ask(url, 'resources/read', { uri: 'a+file:///none' });
    expect(missing.json.error.data).toEqual({ uri: 'a+file:///none' });
    const method = await ask(url, 'no/such');
    expect([method.status, method.json.error.code]).toEqual([404, -32601]);
  });

  it('keep what is not renamed, to the digit and the blank', async () => {
    const raw = await upstream((req, res) => {
      req.on('data', () => {});
      req.on('end', () => {
        res.writeHead(200, { 'content-type': 'application/json' });
        res.end(
          '{"jsonrpc":"2.0", "id":12345678901, "result":{"resultType":"complete","structuredContent":{"b":1.0,"a":12345678901234567890,"uri":"file:///x"},"content":[ {"uri":"file:///x","type":"resource_link","name":"x","size":1e400} ]}}',
        );
      });
    });
    const { url } = await federationOf({ a: raw.url });
    const body =
      '{"params":{"arguments":{"z":1.50,"n":98765432109876543210,"name":"a__t"},"name":"a\\u005f_t","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}},"id":12345678901,"method":"tools/call","jsonrpc":"2.0"}';
    const answer = await read(await open(url, { name: 'a__t', body }));
    expect(raw.seen[0]?.body).toBe(body.replace('"a\\u005f_t"', '"t"'));
    expect(raw.seen[0]?.headers['mcp-name']).toBe('t');
    expect(answer.text).toBe(
      '{"jsonrpc":"2.0", "id":12345678901, "result":{"resultType":"complete","structuredContent":{"b":1.0,"a":12345678901234567890,"uri":"file:///x"},"content":[ {"uri":"a+file:///x","type":"resource_link","name":"x","size":1e400} ]}}',
    );
  });
});
