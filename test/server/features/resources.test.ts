import type { ResourceReturn, Server, ServerOptions } from '@switchyard/server';
import { createServer } from '@switchyard/server';
import { describe, expect, it } from 'vitest';
import type { Build } from '../../support/matrix.ts';
import { everywhere } from '../../support/matrix.ts';

const make =
  (define: (server: Server) => unknown, more: ServerOptions = {}): Build =>
  (options) => {
    const server = createServer({ name: 'resources', version: '1.0.0' }, { ...options, ...more });
    define(server);
    return server;
  };

everywhere('resources', (start) => {
  it('are declared, listed and read [RES-001] [RES-002] [CACHE-001]', async () => {
    const annotations = { audience: ['user' as const], priority: 0.8, lastModified: '2025-01-12T15:00:58Z' };
    const details = { title: 'Readme', description: 'D', mimeType: 'text/markdown', annotations, size: 3 };
    const peer = await start(
      make((server) => {
        server.registerResource('readme', 'file:///README.md', details, (uri) => `# ${uri}`);
        server.registerResourceTemplate(
          'user',
          'app://users/{id}',
          { mimeType: 'application/json' },
          (_uri, { id }) => `"${String(id)}"`,
        );
      }),
    );
    const { result } = await peer.call('server/discover');
    expect(result['capabilities']).toMatchObject({ resources: { listChanged: true, subscribe: true } });
    const listed = (await peer.call('resources/list')).result;
    expect(listed['resources']).toEqual([{ uri: 'file:///README.md', name: 'readme', ...details }]);
    const templates = (await peer.call('resources/templates/list')).result;
    expect(templates['resourceTemplates']).toEqual([
      { uriTemplate: 'app://users/{id}', name: 'user', mimeType: 'application/json' },
    ]);
    const read = await peer.call('resources/read', { uri: 'file:///README.md' });
    expect(read.result).toMatchObject({
      contents: [{ uri: 'file:///README.md', mimeType: 'text/markdown', text: '# file:///README.md' }],
      ttlMs: 0,
      cacheScope: 'private',
    });
    const matched = await peer.call('resources/read', { uri: 'app://users/7%207' });
    expect(matched.result['contents']).toEqual([
      { uri: 'app://users/7%207', mimeType: 'application/json', text: '"7 7"' },
    ]);
  });

  it('that a server does not have are unknown methods, and no capability', async () => {
    const peer = await start(make((server) => server.registerTool('t', {}, () => 't')));
    expect((await peer.call('server/discover')).result['capabilities']).not.toHaveProperty('resources');
    for (const method of ['resources/list', 'resources/templates/list', 'resources/read']) {
      expect((await peer.call(method, { uri: 'a:b' })).code).toBe(-32601);
    }
  });

  it.each<[string, (server: Server) => unknown]>([
    ['no resource has it', () => undefined],
    [
      'the handler knows of nothing',
      (server) => server.registerResource('gone', 'app://gone', {}, () => undefined),
    ],
    [
      'the handler gives null',
      (server) => server.registerResource('gone', 'app://gone', {}, () => null as never),
    ],
    [
      'the contents are empty',
      (server) => server.registerResource('gone', 'app://gone', {}, () => ({ contents: [] })),
    ],
    [
      'a template matches, and there is nothing',
      (server) => server.registerResourceTemplate('gone', 'app://{x}', {}, async () => undefined),
    ],
  ])('are not found where %s: an error, never an empty list [RES-008] [RES-010]', async (_why, define) => {
    const peer = await start(
      make((server) => {
        server.registerResource('here', 'app://here', {}, () => '');
        define(server);
      }),
    );
    const gone = await peer.call('resources/read', { uri: 'app://gone' });
    expect(gone.response.error).toEqual({
      code: -32602,
      message: 'Resource not found',
      data: { uri: 'app://gone' },
    });
    const here = await peer.call('resources/read', { uri: 'app://here' });
    expect(here.result['contents']).toEqual([{ uri: 'app://here', text: '' }]);
  });

  it.each([[undefined], [7], [''], ['relative/path'], ['/etc/passwd'], ['no scheme'], ['http://[bad']])(
    'are not read for %j: that is no URI [RES-011]',
    async (uri) => {
      let reads = 0;
      const read = () => `${++reads}`;
      const peer = await start(make((server) => server.registerResourceTemplate('all', '{+any}', {}, read)));
      const answer = await peer.call(
        'resources/read',
        { uri },
        { headers: { 'mcp-name': String(uri) || 'x' } },
      );
      expect([-32602, -32020]).toContain(answer.code);
      expect(reads).toBe(0);
    },
  );

  it.each([
    'file:///srv/../etc/passwd',
    'file:///srv/%2e%2e/etc/passwd',
    'file:///srv/%2E%2e%2Fetc/passwd',
    'file:///srv/..%2fetc/passwd',
    'file:///srv/..\\etc\\passwd',
    'file:///srv/..%5cetc%5cpasswd',
    'file:///srv/%252e%252e/etc/passwd',
    'file:///srv/%25252e%25252e/etc/passwd',
    'file:///srv/a%00.txt',
    'file:///srv/%2',
    'file:///..',
    'FILE:///srv/../etc/passwd',
    'file:../etc/passwd',
    'file://other-host/share/secret',
  ])('below a directory cannot leave it by %s [RES-015]', async (uri) => {
    const seen: unknown[] = [];
    const read = (_uri: string, { path }: Readonly<Record<string, unknown>>) => {
      seen.push(path);
      return 'read';
    };
    const peer = await start(
      make((server) => {
        server.registerResourceTemplate('files', 'file:///srv/{+path}', {}, read);
        server.registerResourceTemplate('any', '{+path}', {}, read);
      }),
    );
    expect((await peer.call('resources/read', { uri })).code).toBe(-32602);
    const notifications = { resourceSubscriptions: [uri] };
    const stream = await peer.open('subscriptions/listen', { notifications }, { id: 9 });
    expect((await stream.next()).params).toMatchObject({ notifications: { resourceSubscriptions: [] } });
    stream.leave();
    expect(seen).toEqual([]);
    for (const good of ['a/b.txt', 'a..b/...', 'a%20b', '100%25.txt']) {
      expect((await peer.call('resources/read', { uri: `file:///srv/${good}` })).code).toBeUndefined();
    }
    expect(seen).toEqual(['a/b.txt', 'a..b/...', 'a b', '100%.txt']);
  });

  it('that are not text are sent as Base64 [RES-013] [SCHEMA-006]', async () => {
    const bytes = Uint8Array.from({ length: 100_001 }, (_, index) => index % 256);
    const contents = [
      { uri: 'app://a', text: 'T' },
      { uri: 'app://b', blob: 'AAAA', mimeType: 'image/png' },
    ];
    const peer = await start(
      make((server) => {
        server.registerResource('bytes', 'app://bytes', { mimeType: 'application/zip' }, () => bytes);
        server.registerResource('buffer', 'app://buffer', {}, () => Buffer.from('hi'));
        server.registerResource('both', 'app://both', {}, () => ({
          contents,
          _meta: { 'com.example/x': 1 },
        }));
      }),
    );
    const whole = await peer.call('resources/read', { uri: 'app://bytes' });
    const [block] = whole.result['contents'] as { blob?: string; text?: string }[]; // held to the schema
    expect(block).not.toHaveProperty('text');
    expect(Buffer.from(block?.blob ?? '', 'base64').equals(bytes)).toBe(true);
    const buffer = await peer.call('resources/read', { uri: 'app://buffer' });
    expect(buffer.result['contents']).toEqual([{ uri: 'app://buffer', blob: 'aGk=' }]);
    const both = await peer.call('resources/read', { uri: 'app://both' });
    expect(both.result).toMatchObject({ contents, _meta: { 'com.example/x': 1 } });
  });

  it.each<[string, unknown]>([
    ['a number', 7],
    ['an object of its own', { text: 'x' }],
    ['contents without a URI', { contents: [{ text: 'x' }] }],
    ['contents with neither text nor blob', { contents: [{ uri: 'a:b' }] }],
    ['contents with both', { contents: [{ uri: 'a:b', text: 'x', blob: 'AAAA' }] }],
    ['a blob that is not Base64', { contents: [{ uri: 'a:b', blob: '*' }] }],
    ['a type that is none', { contents: [{ uri: 'a:b', text: 'x', mimeType: 'text\r\nX: y' }] }],
  ])('whose handler returns %s fail without a word of why [RES-009] [RES-013]', async (_what, returned) => {
    const peer = await start(
      make((server) => server.registerResource('r', 'app://r', {}, () => returned as ResourceReturn)),
    );
    expect((await peer.call('resources/read', { uri: 'app://r' })).code).toBe(-32603);
    expect(peer.errors.splice(0)).toHaveLength(1);
  });

  it('are found before templates, and templates in the order of their registration', async () => {
    const peer = await start(
      make((server) => {
        server.registerResourceTemplate('one', 'app://{a}', {}, () => 'one');
        server.registerResourceTemplate('two', 'app://{+b}', {}, () => 'two');
        server.registerResource('exact', 'app://exact', {}, () => 'exact');
      }),
    );
    for (const [uri, text] of [
      ['app://exact', 'exact'],
      ['app://x', 'one'],
      ['app://x/y', 'two'],
    ]) {
      expect((await peer.call('resources/read', { uri })).result).toMatchObject({ contents: [{ text }] });
    }
  });

  it('take their cache hint from their definition, else from the server', async () => {
    const peer = await start(
      make(
        (server) => {
          const cacheHint = { ttlMs: 5, cacheScope: 'public' as const };
          server.registerResource('own', 'app://own', { cacheHint }, () => 'x');
          server.registerResource('other', 'app://other', {}, () => 'x');
        },
        { cacheHints: { 'resources/read': { ttlMs: 7 } } },
      ),
    );
    const own = await peer.call('resources/read', { uri: 'app://own' });
    expect(own.result).toMatchObject({ ttlMs: 5, cacheScope: 'public' });
    const other = await peer.call('resources/read', { uri: 'app://other' });
    expect(other.result).toMatchObject({ ttlMs: 7, cacheScope: 'private' });
  });
});

describe('a resource is refused where it is declared', () => {
  const server = createServer({ name: 'resources', version: '1.0.0' });

  it.each([
    '',
    'no-scheme',
    '/path',
    'app://with space',
    'app://größe',
    'app://%zz',
    'app:',
    '1app://x',
    'app://a\nb',
  ])('with the URI %j [RES-007]', (uri) => {
    expect(() => server.registerResource('r', uri, {}, () => 'x')).toThrow(TypeError);
  });

  it.each(['yesterday', '2025-13-01', '2025-01-12 15:00', '12.01.2025', '1736694058', '2025-01-12T15:00:00'])(
    'with %j as the time of its last change [SCHEMA-007]',
    (lastModified) => {
      const definition = { annotations: { lastModified } };
      expect(() => server.registerResource('r', 'app://r', definition, () => 'x')).toThrow(TypeError);
      expect(() => server.registerResourceTemplate('r', 'app://{r}', definition, () => 'x')).toThrow(
        TypeError,
      );
    },
  );

  it.each([{ ttlMs: -1 }, { ttlMs: 0.5 }, { ttlMs: Number.NaN }, { cacheScope: 'shared' as never }])(
    'with the cache hint %j [CACHE-003]',
    (cacheHint) => {
      expect(() => server.registerResource('r', 'app://r', { cacheHint }, () => 'x')).toThrow(TypeError);
    },
  );

  it('with a name that is empty, a URI that is taken, or a template that is none', () => {
    expect(() => server.registerResource('', 'app://r', {}, () => 'x')).toThrow(TypeError);
    server.registerResource('r', 'app://taken', {}, () => 'x');
    expect(() => server.registerResource('s', 'app://taken', {}, () => 'x')).toThrow(TypeError);
    for (const template of ['app://{', 'app://{a}{a}', 'app://{a:3}', 'app://{?a}/{b}']) {
      expect(() => server.registerResourceTemplate('t', template, {}, () => 'x')).toThrow(TypeError);
    }
    const complete = { other: () => [] };
    expect(() => server.registerResourceTemplate('t', 'app://{a}', { complete }, () => 'x')).toThrow(
      TypeError,
    );
  });
});
