import type { Server } from '@switchyard/server';
import { createServer } from '@switchyard/server';
import { describe, expect, it } from 'vitest';
import type { BaseOptions } from '../../support/matrix.ts';
import { everywhere, overHttp } from '../../support/matrix.ts';
import type { Peer } from '../../support/peer.ts';

/** Every list, with the member that holds its entries. */
const LISTS = [
  ['tools/list', 'tools'],
  ['prompts/list', 'prompts'],
  ['resources/list', 'resources'],
  ['resources/templates/list', 'resourceTemplates'],
] as const;

/** Seven of each kind, in an order that is no alphabet's. */
function fill(server: Server): Server {
  for (const i of [4, 2, 7, 1, 6, 3, 5]) {
    server.registerTool(`tool-${i}`, {}, () => 'ok');
    server.registerPrompt(`prompt-${i}`, {}, () => 'ok');
    server.registerResource(`resource-${i}`, `test://resource/${i}`, {}, () => 'ok');
    server.registerResourceTemplate(`template-${i}`, `test://template/${i}/{id}`, {}, () => 'ok');
  }
  return server;
}

const paged = (pageSize: number) => (options: BaseOptions) =>
  fill(createServer({ name: 'lists', version: '1.0.0' }, { ...options, pageSize }));

interface Page {
  readonly nextCursor?: string;
  readonly cacheScope?: string;
  readonly [member: string]: unknown;
}

/** Every page of a list, first to last. */
async function pages(peer: Peer, method: string, token?: string): Promise<Page[]> {
  const all: Page[] = [];
  for (let cursor: string | undefined; all.length < 20; ) {
    const params = cursor === undefined ? {} : { cursor };
    const { result } = await peer.call(method, params, {
      id: all.length,
      ...(token === undefined ? {} : { token }),
    });
    all.push(result);
    cursor = (result as Page).nextCursor;
    if (cursor === undefined) break;
  }
  return all;
}

const namesOf = (all: readonly Page[], member: string): string[] =>
  all.flatMap((page) =>
    (page[member] as { readonly name: string }[]).map(({ name }) => name.replace(/^.*-/, '')),
  );

everywhere('lists', (start) => {
  it.each(LISTS)(
    'of %s keep the order of registration, on every instance and page [TOOL-004] [SCHEMA-008] [PAGE-001]',
    async (method, member) => {
      const peer = await start(paged(3));
      const first = await pages(peer, method);
      expect(first.map((page) => (page[member] as unknown[]).length)).toEqual([3, 3, 1]);
      expect(namesOf(first, member).join('')).toBe('4271635');
      expect(await pages(peer, method)).toEqual(first);
    },
  );

  it.each(LISTS)('of %s are one page unless told otherwise', async (method, member) => {
    const peer = await start(paged(0));
    const all = await pages(peer, method);
    expect([all.length, namesOf(all, member).length, all[0]?.nextCursor]).toEqual([1, 7, undefined]);
  });

  it.each(LISTS)(
    'of %s survive any cursor, and refuse what they did not give [PAGE-002] [PAGE-003]',
    async (method) => {
      const peer = await start(paged(3));
      const foreign = method === 'tools/list' ? 'prompts/list' : 'tools/list';
      const [other] = await pages(peer, foreign);
      const bad = [
        '',
        ' ',
        'AAAA',
        '%%%',
        '"',
        '\u0000',
        'é世',
        'x'.repeat(10_000),
        other?.nextCursor ?? 'none',
      ];
      for (const [id, cursor] of bad.entries())
        expect((await peer.call(method, { cursor }, { id })).code).toBe(-32602);
      for (const [id, cursor] of [7, null, {}, []].entries())
        expect((await peer.call(method, { cursor }, { id: id + 50 })).code).toBe(-32602);
    },
  );

  it('let a cursor go on after definitions have changed, as long as its entry is there [PAGE-001]', async () => {
    const handles: { remove(): void }[] = [];
    const peer = await start((options) => {
      const server = createServer({ name: 'lists', version: '1.0.0' }, { ...options, pageSize: 2 });
      for (const name of ['a', 'b', 'c', 'd']) handles.push(server.registerTool(name, {}, () => 'ok'));
      return server;
    });
    const { nextCursor: cursor } = (await peer.call('tools/list')).result;
    // Each instance registered four; the first of each goes.
    for (let i = 0; i < handles.length; i += 4) handles[i]?.remove();
    const rest = await peer.call('tools/list', { cursor }, { id: 2 });
    expect((rest.result['tools'] as { name: string }[]).map(({ name }) => name)).toEqual(['c', 'd']);
    for (let i = 1; i < handles.length; i += 4) handles[i]?.remove();
    expect((await peer.call('tools/list', { cursor }, { id: 3 })).code).toBe(-32602);
  });

  it('are empty, not unknown, while there is nothing left in them [TOOL-002] [PROMPT-002] [RES-002]', async () => {
    const peer = await start((options) => {
      const server = createServer({ name: 'lists', version: '1.0.0' }, options);
      server.registerTool('tool', {}, () => 'ok').remove();
      server.registerPrompt('prompt', {}, () => 'ok').remove();
      server.registerResource('resource', 'test://resource', {}, () => 'ok').remove();
      return server;
    });
    for (const [id, [method, member]] of LISTS.entries()) {
      expect((await peer.call(method, {}, { id })).result).toMatchObject({
        resultType: 'complete',
        [member]: [],
      });
    }
    const { result } = await peer.call('server/discover', {}, { id: 9 });
    expect(Object.keys(result['capabilities'] as object)).toEqual(['tools', 'prompts', 'resources']);
  });

  it('do not vary with what was sent before [TOOL-003] [PROMPT-003] [RES-003]', async () => {
    const peer = await start(paged(0));
    const before = await Promise.all(LISTS.map(([method], id) => peer.call(method, {}, { id })));
    await peer.call(
      'tools/call',
      { name: 'tool-1' },
      { id: 50, capabilities: { elicitation: {}, roots: {} } },
    );
    await peer.call('resources/read', { uri: 'test://resource/1' }, { id: 51 });
    const after = await Promise.all(LISTS.map(([method], id) => peer.call(method, {}, { id: id + 10 })));
    expect(after.map(({ result }) => result)).toEqual(before.map(({ result }) => result));
  });

  it('and their kin carry cache hints, which nothing else does [CACHE-001] [CACHE-003]', async () => {
    const cacheHints = {
      'tools/list': { ttlMs: 60_000, cacheScope: 'public' },
      'resources/read': { ttlMs: 5 },
    } as const;
    const peer = await start((options) =>
      fill(createServer({ name: 'lists', version: '1.0.0' }, { ...options, cacheHints })),
    );
    const hint = async (method: string, params = {}) => {
      const { result } = await peer.call(method, params, { id: `${method}${JSON.stringify(params)}` });
      return [result['ttlMs'], result['cacheScope']];
    };
    expect(await hint('tools/list')).toEqual([60_000, 'public']);
    expect(await hint('resources/read', { uri: 'test://resource/1' })).toEqual([5, 'private']);
    for (const method of ['server/discover', 'prompts/list', 'resources/list', 'resources/templates/list']) {
      expect(await hint(method)).toEqual([0, 'private']);
    }
    expect(await hint('tools/call', { name: 'tool-1' })).toEqual([undefined, undefined]);
    expect(await hint('prompts/get', { name: 'prompt-1' })).toEqual([undefined, undefined]);
  });
});

describe('a cache hint', () => {
  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5'])(
    'of %j is refused where it is declared [CACHE-003]',
    async (ttlMs) => {
      const bad = ttlMs as number;
      const server = createServer({ name: 'hints', version: '1.0.0' });
      expect(() =>
        server.registerResource('r', 'test://r', { cacheHint: { ttlMs: bad } }, () => 'ok'),
      ).toThrow(TypeError);
      const whole = () =>
        createServer({ name: 'hints', version: '1.0.0' }, { cacheHints: { 'tools/list': { ttlMs: bad } } });
      expect(() => whole()).toThrow(TypeError);
    },
  );
});

const scopesOf = ({ header }: { header(name: string): string | undefined }) => {
  const scopes = (header('authorization') ?? '').replace('Bearer ', '').split(',');
  return { issuer: 'test', subject: scopes.join(), scopes };
};

function views(options: BaseOptions): Server {
  const cacheHint = { ttlMs: 1000, cacheScope: 'public' } as const;
  const cacheHints = Object.fromEntries(LISTS.map(([method]) => [method, cacheHint]));
  const server = createServer(
    { name: 'views', version: '1.0.0' },
    { ...options, authenticate: scopesOf, cacheHints, pageSize: 2 },
  );
  const visibilities = [
    undefined,
    ['red'],
    ['blue'],
    ['red', 'blue'],
    ({ subject }: { subject: string }) => subject === 'green',
  ];
  for (const [i, visible] of visibilities.entries()) {
    const shown = visible === undefined ? {} : { visible };
    server.registerTool(`tool-${i}`, shown, () => 'ok');
    server.registerPrompt(
      `prompt-${i}`,
      { ...shown, argsSchema: { a: {} }, complete: { a: () => ['secret'] } },
      () => 'ok',
    );
    server.registerResource(`resource-${i}`, `test://resource/${i}`, shown, () => 'ok');
    server.registerResourceTemplate(
      `template-${i}`,
      `test://template/${i}/{id}`,
      { ...shown, complete: { id: () => ['secret'] } },
      () => 'ok',
    );
  }
  return server;
}

overHttp('lists that differ between callers', (start) => {
  it.each(LISTS)(
    'of %s show each only what it may see, and are private on every page [TOOL-002] [PROMPT-002] [RES-002] [CACHE-005] [CACHE-006] [CACHE-007] [RES-012]',
    async (method, member) => {
      const peer = await start(views);
      const seen: Record<string, string> = {};
      for (const token of ['none', 'red', 'blue', 'red,blue', 'green']) {
        const all = await pages(peer, method, token);
        seen[token] = namesOf(all, member).join('');
        expect(new Set(all.map(({ cacheScope }) => cacheScope))).toEqual(new Set(['private']));
      }
      expect(seen).toEqual({ none: '0', red: '013', blue: '023', 'red,blue': '0123', green: '04' });
    },
  );

  it('treat what is hidden as what was never there [TOOL-019] [PROMPT-013] [RES-012] [CACHE-008] [COMP-010] [COMP-011]', async () => {
    const peer = await start(views);
    const pairs: [string, (name: string, uri: string) => Record<string, unknown>][] = [
      ['tools/call', (name) => ({ name: `tool-${name}` })],
      ['prompts/get', (name) => ({ name: `prompt-${name}` })],
      ['resources/read', (name) => ({ uri: `test://resource/${name}` })],
      ['resources/read', (name) => ({ uri: `test://template/${name}/x` })],
      [
        'completion/complete',
        (name) => ({
          ref: { type: 'ref/prompt', name: `prompt-${name}` },
          argument: { name: 'a', value: '' },
        }),
      ],
      [
        'completion/complete',
        (name) => ({
          ref: { type: 'ref/resource', uri: `test://template/${name}/{id}` },
          argument: { name: 'id', value: '' },
        }),
      ],
    ];
    for (const [method, params] of pairs) {
      const hidden = await peer.call(method, params('4', ''), { token: 'red' });
      const absent = await peer.call(method, params('9', ''), { token: 'red' });
      expect([hidden.status, hidden.code]).toEqual([200, -32602]);
      expect(hidden.text.replaceAll('4', '9')).toBe(absent.text.replaceAll('4', '9'));
      const allowed = await peer.call(method, params('4', ''), { token: 'green' });
      expect(allowed.code).toBeUndefined();
    }
  });
});
