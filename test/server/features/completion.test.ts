import type { Completion, Server, ServerOptions } from '@switchyard/server';
import { createServer } from '@switchyard/server';
import { expect, it } from 'vitest';
import type { Build } from '../../support/matrix.ts';
import { everywhere, overHttp } from '../../support/matrix.ts';

const make =
  (define: (server: Server) => unknown, more: ServerOptions = {}): Build =>
  (options) => {
    const server = createServer({ name: 'completion', version: '1.0.0' }, { ...options, ...more });
    define(server);
    return server;
  };

const asked = (name: string, value = '', more: object = {}) => ({
  ref: { type: 'ref/prompt', name: 'p' },
  argument: { name, value },
  ...more,
});

everywhere('completion', (start) => {
  it('is declared, and suggests in the order of its author [COMP-001] [COMP-006]', async () => {
    const cities = ['Paris', 'Parma', 'Basel'];
    const peer = await start(
      make((server) => {
        const complete = { city: (value: string) => cities.filter((city) => city.startsWith(value)) };
        server.registerPrompt('p', { argsSchema: { city: {}, other: {} }, complete }, () => 'p');
        const byId = {
          id: (value: string, filled: Readonly<Record<string, string>>) => [`${filled['kind']}-${value}`],
        };
        server.registerResourceTemplate('t', 'app://{kind}/{id}', { complete: byId }, () => 't');
      }),
    );
    expect((await peer.call('server/discover')).result['capabilities']).toMatchObject({ completions: {} });
    const par = await peer.call('completion/complete', asked('city', 'Par'));
    expect(par.result['completion']).toEqual({ values: ['Paris', 'Parma'], total: 2, hasMore: false });
    const other = await peer.call('completion/complete', asked('other', 'x'));
    expect(other.result['completion']).toEqual({ values: [], total: 0, hasMore: false });
    const ref = { type: 'ref/resource', uri: 'app://{kind}/{id}' };
    const context = { arguments: { kind: 'user' } };
    const id = await peer.call('completion/complete', { ref, argument: { name: 'id', value: '7' }, context });
    expect(id.result['completion']).toMatchObject({ values: ['user-7'] });
  });

  it('is an unknown method where nothing completes, and no capability [COMP-002]', async () => {
    const peer = await start(
      make((server) => server.registerPrompt('p', { argsSchema: { a: {} } }, () => 'p')),
    );
    expect((await peer.call('server/discover')).result['capabilities']).not.toHaveProperty('completions');
    expect((await peer.call('completion/complete', asked('a'))).code).toBe(-32601);
  });

  const values = (count: number): string[] => Array.from({ length: count }, (_, index) => `v${index}`);

  it.each<[Completion, number, object]>([
    [values(100), 100, { total: 100, hasMore: false }],
    [values(101), 100, { total: 101, hasMore: true }],
    [values(5000), 100, { total: 5000, hasMore: true }],
    [{ values: values(3), total: 9 }, 3, { total: 9, hasMore: true }],
    [{ values: values(3), hasMore: true }, 3, { hasMore: true }],
    [{ values: values(3) }, 3, { hasMore: false }],
    [{ values: values(200), total: 1000 }, 100, { total: 1000, hasMore: true }],
    [[], 0, { total: 0, hasMore: false }],
  ])(
    'sends at most a hundred suggestions, and says that there are more [SCHEMA-004]',
    async (given, count, more) => {
      const complete = { a: async () => given };
      const peer = await start(
        make((server) => server.registerPrompt('p', { argsSchema: { a: {} }, complete }, () => 'p')),
      );
      const { completion } = (await peer.call('completion/complete', asked('a'))).result;
      expect(completion).toEqual({ values: values(count), ...more });
    },
  );

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['nothing', {}],
    ['no reference', { argument: { name: 'a', value: '' } }],
    ['a reference of no type', asked('a', '', { ref: { name: 'p' } })],
    ['a reference of another type', asked('a', '', { ref: { type: 'ref/tool', name: 'p' } })],
    ['an unknown prompt', asked('a', '', { ref: { type: 'ref/prompt', name: 'q' } })],
    ['a prompt with a number for a name', asked('a', '', { ref: { type: 'ref/prompt', name: 7 } })],
    [
      'a name that is no text, and pretends',
      asked('a', '', { ref: { type: 'ref/prompt', name: { toString: 1 } } }),
    ],
    ['an unknown template', asked('a', '', { ref: { type: 'ref/resource', uri: 'app://{x}' } })],
    ['no argument', { ref: { type: 'ref/prompt', name: 'p' } }],
    ['an argument without a value', asked('a', '', { argument: { name: 'a' } })],
    ['a value that is no text', asked('a', '', { argument: { name: 'a', value: 7 } })],
    ['an argument that it does not have', asked('constructor')],
    ['a context that is a list', asked('a', '', { context: [] })],
    ['a context with a number in it', asked('a', '', { context: { arguments: { b: 7 } } })],
  ])('is refused with %s [COMP-003] [COMP-004] [COMP-008]', async (_what, params) => {
    let calls = 0;
    const complete = { a: () => [`${++calls}`] };
    const peer = await start(
      make((server) => server.registerPrompt('p', { argsSchema: { a: {} }, complete }, () => 'p')),
    );
    const answer = await peer.call('completion/complete', params);
    expect(answer.code).toBe(-32602);
    expect(calls).toBe(0);
  });

  it('knows arguments that are called like members of every object', async () => {
    const argsSchema = { constructor: {}, toString: {}, a: {} };
    const complete = { toString: () => ['own'] };
    const peer = await start(
      make((server) =>
        server.registerPrompt('p', { argsSchema, complete: { ...complete, a: () => [] } }, () => 'p'),
      ),
    );
    const inherited = await peer.call('completion/complete', asked('constructor'));
    expect(inherited.result['completion']).toMatchObject({ values: [] });
    const own = await peer.call('completion/complete', asked('toString'));
    expect(own.result['completion']).toMatchObject({ values: ['own'] });
  });

  it.each<[string, () => unknown]>([
    ['throws', () => Promise.reject(new Error('SECRET'))],
    ['returns nothing', () => undefined],
    ['returns a text', () => 'SECRET'],
    ['returns numbers', () => [1, 2]],
    ['returns a total that is none', () => ({ values: [], total: Number.NaN })],
  ])('fails without a word of why where the completer %s [COMP-005]', async (_what, completer) => {
    const complete = { a: completer as () => Completion };
    const peer = await start(
      make((server) => server.registerPrompt('p', { argsSchema: { a: {} }, complete }, () => 'p')),
    );
    const answer = await peer.call('completion/complete', asked('a'));
    expect(answer.code).toBe(-32603);
    expect(answer.text).not.toContain('SECRET');
    expect(peer.errors.splice(0)).toHaveLength(1);
  });
});

overHttp('completion', (start) => {
  it('tells nobody of what they may not see: it is as unknown as what does not exist [COMP-010] [COMP-011]', async () => {
    const authenticate: ServerOptions['authenticate'] = ({ header }) => {
      const scopes = header('authorization') === 'Bearer admin' ? ['admin'] : [];
      return { issuer: 'i', subject: 's', scopes };
    };
    let calls = 0;
    const complete = { a: () => [`suggestion ${++calls}`] };
    const peer = await start(
      make(
        (server) => {
          server.registerPrompt('secret', { argsSchema: { a: {} }, complete, visible: ['admin'] }, () => 'p');
          server.registerResourceTemplate('t', 'app://{a}', { complete, visible: ['admin'] }, () => 't');
        },
        { authenticate },
      ),
    );
    const refs = [
      { type: 'ref/prompt', name: 'secret' },
      { type: 'ref/resource', uri: 'app://{a}' },
    ];
    for (const ref of refs) {
      const params = asked('a', '', { ref });
      const hidden = await peer.call('completion/complete', params);
      const name = ref.name ?? ref.uri ?? '';
      const unknown = JSON.parse(JSON.stringify(params).replace(name, 'other'));
      const missing = await peer.call('completion/complete', unknown);
      expect(hidden.response.error?.code).toBe(-32602);
      expect(hidden.text.replace(name, '*')).toBe(missing.text.replace('other', '*'));
      expect(calls).toBe(0);
      const seen = await peer.call('completion/complete', params, { token: 'admin' });
      expect(seen.result['completion']).toMatchObject({ values: [`suggestion ${calls}`] });
      calls = 0;
    }
  });
});
