import type { ClientOptions } from '@switchyard/client';
import { createClient, memoryStore } from '@switchyard/client';
import { describe, expect, it } from 'vitest';
import { Answered, FakeClock, type Script, scripted } from '../scripted.ts';

function setUp(script: Script, options: Omit<ClientOptions, 'link'> = {}) {
  const environment = new FakeClock();
  const { link, received } = scripted(script);
  const client = createClient({ link, environment, timeouts: { retries: 0 }, ...options });
  const cursors = () => received.map(({ params }) => params['cursor']);
  return { client, received, environment, cursors };
}

interface Page {
  readonly names: readonly string[];
  readonly cursor?: string;
  readonly ttlMs?: number;
}

/** Serves pages of prompts by their cursors; the first one under undefined. */
function pages(all: ReadonlyMap<unknown, Page>): Script {
  return ({ params }) => {
    const page = all.get(params['cursor']);
    if (page === undefined) throw new Answered(-32602, { status: 400 });
    const { names, cursor, ttlMs = 0 } = page;
    const prompts = names.map((name) => ({ name }));
    return { prompts, ttlMs, cacheScope: 'private', ...(cursor === undefined ? {} : { nextCursor: cursor }) };
  };
}

describe('a list', () => {
  it('has pages of any size, and ends with the page that names no other [PAGE-004] [PAGE-005] [PROMPT-014]', async () => {
    const many = Array.from({ length: 1_000 }, (_, i) => `p${i}`);
    const all = new Map<unknown, Page>([
      [undefined, { names: [], cursor: 'a' }],
      ['a', { names: many, cursor: 'b' }],
      ['b', { names: [], cursor: 'c' }],
      ['c', { names: ['last'] }],
    ]);
    const { client } = setUp(pages(all));
    expect((await client.listPrompts()).prompts.map(({ name }) => name)).toEqual([...many, 'last']);
    const whole = setUp(pages(new Map([[undefined, { names: ['only'] }]])));
    expect((await whole.client.listPrompts()).prompts).toEqual([{ name: 'only' }]);
    expect(whole.received).toHaveLength(1);
  });

  it('has cursors that are sent back as they came, an empty one too [PAGE-006] [PAGE-007]', async () => {
    const odd = ['', ' ', '0', 'null', '%2F', '{"page":2}', 'é\u2028"\\', 'eyJwIjoyfQ==', 'x'.repeat(5_000)];
    const all = new Map<unknown, Page>([[undefined, { names: ['first'], cursor: odd[0] ?? '' }]]);
    for (const [i, cursor] of odd.entries()) {
      const next = odd[i + 1];
      all.set(cursor, { names: [`p${i}`], ...(next === undefined ? {} : { cursor: next }) });
    }
    const { client, cursors } = setUp(pages(all));
    expect((await client.listPrompts()).prompts).toHaveLength(odd.length + 1);
    expect(cursors()).toEqual([undefined, ...odd]);
  });

  it('is read anew page by page as each grows stale [CACHE-017]', async () => {
    const all = new Map<unknown, Page>([
      [undefined, { names: ['a'], cursor: 'x', ttlMs: 5_000 }],
      ['x', { names: ['b'], cursor: 'y', ttlMs: 1_000 }],
      ['y', { names: ['c'], ttlMs: 5_000 }],
    ]);
    const { client, cursors, environment } = setUp(pages(all));
    await client.listPrompts();
    await environment.pass(1_000);
    expect((await client.listPrompts()).prompts).toHaveLength(3);
    expect(cursors()).toEqual([undefined, 'x', 'y', 'x']);
  });

  it('is read anew from its beginning where that is wanted [CACHE-018]', async () => {
    const all = new Map<unknown, Page>([
      [undefined, { names: ['a'], cursor: 'x', ttlMs: 5_000 }],
      ['x', { names: ['b'], ttlMs: 5_000 }],
    ]);
    const { client, cursors } = setUp(pages(all));
    await client.listPrompts();
    await client.listPrompts({ cache: 'refresh' });
    expect(cursors()).toEqual([undefined, 'x', undefined, 'x']);
  });

  it('is read anew from its beginning once one of its cursors is refused [CACHE-019]', async () => {
    const all = new Map<unknown, Page>([
      [undefined, { names: ['a'], cursor: 'x', ttlMs: 5_000 }],
      ['x', { names: ['b'], cursor: 'y', ttlMs: 5_000 }],
      ['y', { names: ['c'], ttlMs: 1_000 }],
    ]);
    const { client, cursors, environment } = setUp(pages(all));
    await client.listPrompts();
    all.delete('x');
    all.delete('y');
    all.set(undefined, { names: ['n'], cursor: 'z', ttlMs: 5_000 });
    all.set('z', { names: ['m'], ttlMs: 5_000 });
    await environment.pass(1_000);
    expect((await client.listPrompts()).prompts).toEqual([{ name: 'n' }, { name: 'm' }]);
    expect(cursors()).toEqual([undefined, 'x', 'y', 'y', undefined, 'z']);
    // What the old pages were is forgotten.
    await client.listPrompts();
    expect(cursors()).toHaveLength(6);
  });
});

describe('a cached result', () => {
  const FRESH = { ttlMs: 1_000, cacheScope: 'private' };
  const read: Script = ({ params }, turn) => ({
    contents: [{ uri: params['uri'], text: `${turn}` }],
    ...FRESH,
  });

  it('is given out for the same method and params, and nothing else [CACHE-009]', async () => {
    const empty = { prompts: [], resources: [], resourceTemplates: [], tools: [], contents: [] };
    const { client, received } = setUp(() => ({ ...empty, ...FRESH }));
    const all = async () => {
      await client.readResource('a:1');
      await client.readResource('a:2');
      await client.readResource('a:1?x');
      await client.listPromptsPage();
      await client.listPromptsPage('');
      await client.listPromptsPage('a:1');
      await client.listResourcesPage('a:1');
      await client.listResourceTemplatesPage('a:1');
      await client.listToolsPage('a:1');
    };
    await all();
    expect(received).toHaveLength(9);
    await all();
    expect(received).toHaveLength(9);
  });

  it.each([
    ['input responses', { inputRequests: { r: { method: 'roots/list' } } }],
    ['a state', { requestState: 's' }],
  ])('is none where %s made it [CACHE-010]', async (_, needs) => {
    const fresh = { ttlMs: 86_400_000, cacheScope: 'public' };
    const { client, received, environment } = setUp(
      ({ params }, turn) =>
        'inputResponses' in params || 'requestState' in params
          ? { contents: [{ uri: 'a:1', text: `${turn}` }], ...fresh }
          : { resultType: 'input_required', ...needs, ...fresh },
      { handlers: { listRoots: () => ({ roots: [] }) } },
    );
    for (const round of [2, 4]) {
      let isOver = false;
      const read = client.readResource('a:1').finally(() => {
        isOver = true;
      });
      while (!isOver) await environment.pass(100);
      expect((await read).contents).toMatchObject([{ text: `${round}` }]);
    }
    expect(received).toHaveLength(4);
  });

  it('is fresh for its ttlMs, and asked for anew only when it is wanted again [CACHE-012] [CACHE-015]', async () => {
    const { client, received, environment } = setUp(read);
    await client.readResource('a:1');
    await environment.pass(999);
    await client.readResource('a:1');
    expect(received).toHaveLength(1);
    await environment.pass(3_600_000);
    expect(received).toHaveLength(1);
    expect(environment.timers).toBe(0);
    await client.readResource('a:1');
    expect(received).toHaveLength(2);
  });

  it.each([0, -1, -1e9, undefined])(
    'is stale at once with a ttlMs of %s [CACHE-011] [CACHE-013] [CACHE-014]',
    async (ttlMs) => {
      const { client, received } = setUp(() => ({
        prompts: [],
        cacheScope: 'public',
        ...(ttlMs === undefined ? {} : { ttlMs }),
      }));
      await client.listPrompts();
      await client.listPrompts();
      expect(received).toHaveLength(2);
    },
  );

  it('stays with who may see it [CACHE-020]', async () => {
    const store = memoryStore();
    const secret: Script = ({ wire }) => ({
      contents: [{ uri: 'a:1', text: wire.headers['authorization'] ?? 'nobody' }],
      ...FRESH,
    });
    const textFor = async (who: string) => {
      const authorization = `Bearer ${who}`;
      const { client } = setUp(secret, { cache: { store, authorization: who }, headers: { authorization } });
      const [first] = (await client.readResource('a:1')).contents;
      return first !== undefined && 'text' in first ? first.text : undefined;
    };
    expect([await textFor('ann'), await textFor('ben'), await textFor('ann')]).toEqual([
      'Bearer ann',
      'Bearer ben',
      'Bearer ann',
    ]);
    // Within one client, headers tell callers apart.
    const { client } = setUp(secret);
    for (const who of ['ann', 'ben']) {
      const { contents } = await client.readResource('a:1', { headers: { authorization: who } });
      expect(contents).toMatchObject([{ text: who }]);
    }
  });
});

describe('completion', () => {
  const argument = { name: 'a', value: 'x' };
  const ref = { type: 'ref/prompt', name: 'p' } as const;

  it('may be partial; where there is none, that is an error of its own [COMP-014]', async () => {
    const partial = setUp(() => ({ completion: { values: ['x1'], hasMore: true } }));
    expect((await partial.client.complete({ ref, argument })).completion).toEqual({
      values: ['x1'],
      hasMore: true,
    });
    for (const answer of [
      {},
      { completion: null },
      { completion: ['x'] },
      { completion: {} },
      { completion: { values: 'x' } },
    ]) {
      const { client } = setUp(() => answer);
      await expect(client.complete({ ref, argument })).rejects.toMatchObject({ code: 'invalid-response' });
    }
  });
});
