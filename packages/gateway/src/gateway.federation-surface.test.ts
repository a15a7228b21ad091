import type { RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { ask } from '../test/federation.ts';
import { federationOf, memberServer, serveMember } from '../test/members.ts';
import { nowhere, post, upstream } from '../test/support.ts';
import { mintApiKey } from './identify/mint-key.ts';

type Results = Readonly<Record<string, unknown>>;

/** Answers each method with a result, and what it has none for with "method not found". */
function saying(results: Results): RequestListener {
  return (req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const { id, method } = JSON.parse(Buffer.concat(chunks).toString());
      const result = results[method];
      const said = result === undefined ? { error: { code: -32601, message: 'no' } } : { result };
      res.writeHead(result === undefined ? 404 : 200, { 'content-type': 'application/json' });
      res.end(JSON.stringify({ jsonrpc: '2.0', id, ...said }));
    });
  };
}

const discovery = (capabilities: object, rest: object = {}) => ({
  ...{ resultType: 'complete', supportedVersions: ['2026-07-28'], ttlMs: 5000, cacheScope: 'public' },
  ...{ capabilities, ...rest },
});

describe('server/discover', () => {
  it('is the union of what the servers can do: none drags the others down', async () => {
    const ui = 'io.modelcontextprotocol/ui';
    const a = await upstream(
      saying({
        'server/discover': discovery(
          {
            tools: { listChanged: false },
            completions: {},
            extensions: { [ui]: { mimeTypes: ['a', 'b'] }, 'com.example/x': {}, 'com.example/y': { v: 1 } },
          },
          { instructions: 'Use a.' },
        ),
      }),
    );
    const b = await upstream(
      saying({
        'server/discover': discovery(
          {
            tools: { listChanged: true },
            resources: { subscribe: true },
            extensions: {
              [ui]: { mimeTypes: ['b', 'c'] },
              'io.modelcontextprotocol/tasks': {},
              'com.example/y': { v: 2 },
            },
          },
          { instructions: 'Use b.', ttlMs: 100, cacheScope: 'private' },
        ),
      }),
    );
    const extensions = { 'com.example/y': { server: 'b', methods: ['y/do'] } };
    const { url } = await federationOf({ a: a.url, b: b.url }, { federation: { extensions } });
    const { result } = (await ask(url, 'server/discover')).json;
    expect(result).toEqual({
      resultType: 'complete',
      supportedVersions: ['2026-07-28'],
      capabilities: {
        tools: { listChanged: true },
        completions: {},
        resources: { subscribe: true },
        // What nobody can carry from end to end is not announced [EXT-07].
        extensions: {
          [ui]: { mimeTypes: ['a', 'b', 'c'] },
          'io.modelcontextprotocol/tasks': {},
          'com.example/y': { v: 2 },
        },
      },
      instructions: '# a\n\nUse a.\n\n# b\n\nUse b.',
      ttlMs: 100,
      cacheScope: 'private',
      _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'switchyard-gateway', version: '0.1.0' } },
    });
  });

  it('bounds instructions by whole sections', async () => {
    const long = (name: string) =>
      saying({ 'server/discover': discovery({}, { instructions: name.repeat(5000) }) });
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const urls: Record<string, string> = {};
    for (const name of names) urls[name] = (await upstream(long(name))).url;
    const { url } = await federationOf(urls);
    const { instructions } = (await ask(url, 'server/discover')).json.result;
    expect(instructions.length).toBeLessThanOrEqual(16 * 1024);
    expect(instructions.match(/^# ./gm)).toEqual(['# a', '# b', '# c']);
  });

  it('says which servers it lacks', async () => {
    const a = await upstream(saying({ 'server/discover': discovery({ tools: {} }) }));
    const { url } = await federationOf({ a: a.url, b: await nowhere(), c: (await upstream(saying({}))).url });
    const { result } = (await ask(url, 'server/discover')).json;
    expect(result.capabilities).toEqual({ tools: {} });
    expect(result._meta['dev.switchyard/missing']).toEqual([{ server: 'b', why: 'unreachable' }]);
    expect(result.ttlMs).toBe(1000);
  });
});

describe('lists', () => {
  it('of a kind that no server has are no method, as with a server that does not declare it', async () => {
    const a = await upstream(saying({ 'prompts/list': { resultType: 'complete', prompts: [] } }));
    const b = await upstream(saying({}));
    const { url } = await federationOf({ a: a.url, b: b.url });
    const none = await ask(url, 'resources/list');
    expect([none.status, none.json.error.code]).toEqual([404, -32601]);
    expect((await ask(url, 'prompts/list')).json.result.prompts).toEqual([]);
  });
});

describe('extensions', () => {
  it('go to the server that carries them, as they are', async () => {
    const b = await upstream(saying({ 'y/do': { resultType: 'complete', name: 'b__x', uri: 'file:///x' } }));
    const extensions = { 'com.example/y': { server: 'b', methods: ['y/do'] } };
    const { url } = await federationOf({ a: b.url, b: b.url }, { federation: { extensions } });
    const answer = await ask(url, 'y/do', { uri: 'file:///x' });
    expect(answer.json.result).toEqual({ resultType: 'complete', name: 'b__x', uri: 'file:///x' });
    expect((await ask(url, 'y/other')).json.error.code).toBe(-32601);
    expect(b.seen).toHaveLength(1);
  });
});

describe('names that cannot be offered', () => {
  it('are left out, and said to be: in the list and once in the log', async () => {
    const tools = (...names: string[]) => ({
      'tools/list': {
        resultType: 'complete',
        ttlMs: 0,
        cacheScope: 'public',
        tools: names.map((name) => ({ name })),
      },
    });
    const a = await upstream(saying(tools('x', 'b__x', 'y'.repeat(40), 'd.t', 'z')));
    const b = await upstream(saying(tools('x')));
    const { url, events } = await federationOf(
      { a: a.url, b: b.url },
      { federation: { longestName: 32 }, servers: { a: { replicas: [], prefix: '' } } },
    );
    await ask(url, 'tools/list');
    const { result } = (await ask(url, 'tools/list')).json;
    expect(result.tools.map((tool: { name: string }) => tool.name)).toEqual(['x', 'd.t', 'z', 'b__x']);
    expect(result._meta['dev.switchyard/left-out']).toEqual([
      { server: 'a', name: 'b__x', why: 'shadowed' },
      { server: 'a', name: 'y'.repeat(40), why: 'too-long' },
    ]);
    const told = events.filter(({ type }) => type === 'federation-names');
    expect(told.map((event) => ('names' in event ? [event.why, event.names] : event))).toEqual([
      ['shadowed', ['b__x']],
      ['too-long', ['y'.repeat(40)]],
      ['unusual', ['d.t']],
    ]);
  });

  it('are none where one server alone leaves its names as they are', async () => {
    const a = await serveMember(memberServer('alpha'));
    const { url } = await federationOf({ a: a.url }, { servers: { a: { replicas: [], prefix: '' } } });
    expect((await ask(url, 'tools/call', { name: 'who' })).json.result.content[0].text).toBe('alpha');
    const read = await ask(url, 'resources/read', { uri: 'ui://app/main' });
    expect(read.json.result.contents[0].uri).toBe('ui://app/main');
  });
});

describe('a policy', () => {
  const rules = [
    { name: 'a', effect: 'allow', when: 'server.name == "a"' },
    { name: 'no', effect: 'deny', when: 'server.name == "a" && tool.name == "ask"' },
    { name: 'b', effect: 'allow', when: 'server.name == "b" && caller.subject == "alice"' },
  ] as const;
  const alice = mintApiKey({ name: 'alice' });
  const bob = mintApiKey({ name: 'bob' });

  it('sees servers and their own names, and shows each caller its own federation', async () => {
    const a = await serveMember(memberServer('alpha'));
    const b = await serveMember(memberServer('beta'));
    const { url } = await federationOf(
      { a: a.url, b: b.url },
      { policy: { default: 'deny', rules }, identify: { keys: [alice.entry, bob.entry] } },
    );
    const as = ({ key }: { readonly key: string }) => ({ headers: { 'x-api-key': key } });
    const names = async (who: { readonly key: string }) =>
      (await ask(url, 'tools/list', {}, as(who))).json.result.tools.map(
        (tool: { name: string }) => tool.name,
      );
    const ofA = ['a__who', 'a__link', 'a__steps', 'a__shown'];
    expect(await names(bob)).toEqual(ofA);
    expect(await names(alice)).toEqual([
      ...ofA,
      ...['who', 'ask', 'link', 'steps', 'shown'].map((name) => `b__${name}`),
    ]);
    const call = async (name: string, who: { readonly key: string }) =>
      (await ask(url, 'tools/call', { name }, as(who))).json;
    expect((await call('b__who', bob)).error).toEqual({ code: -32602, message: 'Unknown tool: b__who' });
    expect((await call('a__ask', alice)).error).toEqual({ code: -32602, message: 'Unknown tool: a__ask' });
    expect((await call('b__who', alice)).result.content[0].text).toBe('beta');
    const { result } = (await ask(url, 'server/discover', {}, as(bob))).json;
    expect([result.instructions, result.cacheScope]).toEqual(['# a\n\nAsk alpha.', 'private']);
    const reference = {
      ref: { type: 'ref/prompt', name: 'b__about' },
      argument: { name: 'topic', value: '' },
    };
    expect((await ask(url, 'completion/complete', reference, as(bob))).json.error.code).toBe(-32602);
    const completed = await ask(url, 'completion/complete', reference, as(alice));
    expect(completed.json.result.completion.values).toEqual(['beta', 'tea']);
    expect((await post(url, { name: 'a__who' })).status).toBe(401);
  });
});
