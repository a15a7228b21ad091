import type { Server, ServerOptions } from '@switchyard/server';
import { anonymous, createServer, deny } from '@switchyard/server';
import { expect, it } from 'vitest';
import type { Build } from '../../support/matrix.ts';
import { overHttp } from '../../support/matrix.ts';
import type { Peer } from '../../support/peer.ts';

/** Tokens are scopes, joined by commas. */
const byScopes: ServerOptions['authenticate'] = ({ header }) => {
  const token = header('authorization')?.replace('Bearer ', '');
  if (token === undefined) return anonymous;
  return { issuer: 'https://issuer.example', subject: 'ada', scopes: token.split(',') };
};

const make =
  (define: (server: Server) => unknown, more: ServerOptions = { authenticate: byScopes }): Build =>
  (options) => {
    const server = createServer({ name: 'visibility', version: '1.0.0' }, { ...options, ...more });
    define(server);
    return server;
  };

const names = async (peer: Peer, token?: string): Promise<string[]> => {
  const { result } = await peer.call('tools/list', {}, token === undefined ? {} : { token });
  return (result['tools'] as { name: string }[]).map(({ name }) => name); // held to the schema
};

overHttp('visibility', (start) => {
  it('is by any one of the scopes, or by a predicate [TOOL-019] [CACHE-007] [RES-012]', async () => {
    const peer = await start(
      make((server) => {
        server.registerTool('all', {}, () => 'x');
        server.registerTool('some', { visible: ['read', 'write'] }, () => 'x');
        server.registerTool('nobody', { visible: [] }, () => 'x');
        server.registerTool('named', { visible: ({ subject }) => subject === 'ada' }, () => 'x');
        server.registerTool('loose', { visible: (() => 'yes') as never }, () => 'x');
      }),
    );
    expect(await names(peer)).toEqual(['all']);
    expect(await names(peer, 'write')).toEqual(['all', 'some', 'named']);
    expect(await names(peer, 'other,read')).toEqual(['all', 'some', 'named']);
    expect(await names(peer, 'reader')).toEqual(['all', 'named']);
    for (const name of ['some', 'nobody', 'named', 'loose']) {
      const hidden = await peer.call('tools/call', { name });
      const missing = await peer.call('tools/call', { name: 'missing' });
      expect(hidden.text.replaceAll(name, 'missing')).toBe(missing.text);
    }
  });

  it('that differs in hundreds of ways is still right for each', async () => {
    const count = 300;
    const peer = await start(
      make((server) => {
        for (let index = 0; index < count; index += 1) {
          server.registerTool(`t${index}`, { visible: [`s${index}`] }, () => 'x');
        }
      }),
    );
    for (let index = 0; index < count; index += 1)
      expect(await names(peer, `s${index}`)).toEqual([`t${index}`]);
    for (let index = 0; index < count; index += 7) {
      expect(await names(peer, `s${index},s0`)).toEqual(index === 0 ? ['t0'] : ['t0', `t${index}`]);
    }
  });

  it('by a predicate that changes its mind shows nobody what another was shown', async () => {
    let asked = 0;
    let answers: readonly boolean[] = [];
    const visible = (): boolean => answers[asked++ % answers.length] ?? false;
    const peer = await start(make((server) => server.registerTool('t', { visible }, () => 'x')));
    answers = [true, false];
    for (const _server of peer.servers) await names(peer);
    answers = [true];
    expect(await names(peer)).toEqual(['t']);
    answers = [false];
    expect(await names(peer)).toEqual([]);
  });

  it('of what a hidden resource has stays hidden though a template would match it', async () => {
    const peer = await start(
      make((server) => {
        server.registerResource('secret', 'app://secret', { visible: ['admin'] }, () => 'SECRET');
        server.registerResourceTemplate('any', 'app://{name}', {}, (_uri, { name }) => `any ${String(name)}`);
      }),
    );
    expect((await peer.call('resources/read', { uri: 'app://secret' })).code).toBe(-32602);
    const other = await peer.call('resources/read', { uri: 'app://other' });
    expect(other.result).toMatchObject({ contents: [{ text: 'any other' }] });
    const admin = await peer.call('resources/read', { uri: 'app://secret' }, { token: 'admin' });
    expect(admin.result).toMatchObject({ contents: [{ text: 'SECRET' }] });
  });

  it('begins with who is calling: denials come with their challenge, and without a word more', async () => {
    const challenge = 'Bearer resource_metadata="https://a.example/.well-known/oauth-protected-resource"';
    const authenticate: ServerOptions['authenticate'] = async ({ header, verb }) => {
      expect(verb).toBe('POST');
      const token = header('authorization');
      if (token === undefined) return undefined;
      if (token === 'Bearer bad') return deny(401, challenge);
      if (token === 'Bearer weak') return deny(403, 'Bearer error="insufficient_scope"');
      return { issuer: 'i', subject: token, tenant: 't', scopes: [], claims: { plan: 'gold' } };
    };
    const peer = await start(
      make((server) => server.registerTool('who', {}, ({ principal }) => JSON.stringify(principal)), {
        authenticate,
      }),
    );
    const who = (token?: string) =>
      peer.call('tools/call', { name: 'who' }, token === undefined ? {} : { token });
    const nobody = await who();
    expect(nobody).toMatchObject({ status: 401, code: -32600 });
    expect(nobody.headers.get('www-authenticate')).toBe('Bearer');
    expect(nobody.response).not.toHaveProperty('id');
    expect((await who('bad')).headers.get('www-authenticate')).toBe(challenge);
    const weak = await who('weak');
    expect([weak.status, weak.headers.get('www-authenticate')]).toEqual([
      403,
      'Bearer error="insufficient_scope"',
    ]);
    expect((await who('good')).result).toMatchObject({
      content: [
        {
          text: JSON.stringify({
            issuer: 'i',
            subject: 'Bearer good',
            tenant: 't',
            scopes: [],
            claims: { plan: 'gold' },
          }),
        },
      ],
    });
  });

  it.each([
    {},
    { issuer: 'i' },
    { issuer: 'i', subject: 's' },
    { issuer: 7, subject: 's', scopes: [] },
    'ada',
    7,
    true,
  ])('has no caller of the kind %j: the server cannot tell who that is', async (identity) => {
    let calls = 0;
    const authenticate = () => identity as never;
    const peer = await start(
      make((server) => server.registerTool('t', {}, () => `${++calls}`), { authenticate }),
    );
    expect((await peer.call('tools/call', { name: 't' })).status).toBe(503);
    expect(peer.errors.splice(0)).toHaveLength(1);
    expect(calls).toBe(0);
  });
});
