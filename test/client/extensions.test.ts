import type { ClientExtension } from '@switchyard/client';
import { createClient } from '@switchyard/client';
import { createServer } from '@switchyard/server';
import { describe, expect, it } from 'vitest';
import { WAYS, withClient } from './fixture.ts';
import { scripted } from './scripted.ts';

const ID = 'org.example/later';
const DONE = { content: [{ type: 'text', text: 'done' }] };

const later: ClientExtension = {
  id: ID,
  settings: { patience: 3 },
  methods: { 'later/get': { nameParam: 'ticket', repeatable: true } },
  resultTypes: { later: (result, ctx) => ctx.request('later/get', { ticket: result['ticket'] }) },
};

describe.each(WAYS)('an extension $name', (way) => {
  it('is declared, has its methods, and turns its results into what was asked for', async () => {
    const server = createServer({ name: 's', version: '1' }, { onWarning: () => undefined });
    server.registerExtension({
      id: ID,
      resultTypes: ['later'],
      methods: { 'later/get': { nameParam: 'ticket', handler: ({ ticket }) => ({ ...DONE, ticket }) } },
      around: (call, next) => (call.method === 'tools/call' ? { resultType: 'later', ticket: 'é7' } : next()),
    });
    server.registerTool('slow', {}, () => 'never');
    await withClient(
      way,
      [server],
      async (client) => {
        expect(await client.callTool('slow')).toMatchObject({ ...DONE, ticket: 'é7' });
        expect(await client.request('later/get', { ticket: 'a' })).toMatchObject({ ticket: 'a' });
      },
      { extensions: [later] },
    );
    await server.close({ timeoutMs: 0 });
  });
});

describe('an extension', () => {
  it('is declared with its settings, beside what else is', async () => {
    const { link, received } = scripted(() => DONE);
    const capabilities = { extensions: { 'org.example/other': {} } };
    await createClient({ link, extensions: [later], capabilities }).callTool('t');
    expect(received[0]?.params['_meta']).toMatchObject({
      'io.modelcontextprotocol/clientCapabilities': {
        extensions: { [ID]: { patience: 3 }, 'org.example/other': {} },
      },
    });
  });

  it('hears its notifications', async () => {
    const heard: unknown[] = [];
    const { link } = scripted(({ wire }) => {
      wire.notify?.({ jsonrpc: '2.0', method: 'notifications/later', params: { x: 1 } });
      wire.notify?.({ jsonrpc: '2.0', method: 'notifications/unknown' });
      return DONE;
    });
    const extension = {
      id: ID,
      notifications: { 'notifications/later': (params: unknown) => heard.push(params) },
    };
    await createClient({ link, extensions: [extension] }).callTool('t');
    expect(heard).toEqual([{ x: 1 }]);
  });

  it('cannot go round for ever', async () => {
    const { link, received } = scripted(() => ({ resultType: 'again' }));
    const again: ClientExtension = { id: ID, resultTypes: { again: (result) => result } };
    await expect(createClient({ link, extensions: [again] }).callTool('t')).rejects.toMatchObject({
      code: 'invalid-response',
    });
    expect(received).toHaveLength(1);
  });

  it('must be named properly, once, and claim nothing of others [VER-008]', () => {
    const { link } = scripted(() => DONE);
    const bad: readonly (readonly ClientExtension[])[] = [
      [{ id: 'later' }],
      [later, later],
      [later, { id: 'org.example/b', methods: { 'later/get': {} } }],
      [{ id: ID, resultTypes: { complete: (result) => result } }],
    ];
    for (const extensions of bad) expect(() => createClient({ link, extensions })).toThrow(TypeError);
  });
});
