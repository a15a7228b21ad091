import type { GatewayConfig } from '@switchyard/gateway';
import { mintApiKey } from '@switchyard/gateway';
import { describe, expect, it } from 'vitest';
import {
  answering,
  type Call,
  post,
  startGateway,
  upstream,
  VERSION,
} from '../../packages/gateway/test/support.ts';
import { startIssuer } from './issuer.ts';

const PUBLIC = 'https://mcp.example.com';
const META = {
  'io.modelcontextprotocol/protocolVersion': VERSION,
  'io.modelcontextprotocol/clientCapabilities': {},
};

function calling(name: string): Call {
  const params = { name, arguments: {}, _meta: META };
  return { name, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }) };
}

/** A completion of a prompt: which server it is for stands in the body alone. */
function completing(prompt: string): Call {
  const ref = { type: 'ref/prompt', name: prompt };
  const params = { ref, argument: { name: 'x', value: '' }, _meta: META };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'completion/complete', params });
  return { method: 'completion/complete', body };
}

async function federation(change: Partial<GatewayConfig> = {}) {
  const issuer = await startIssuer();
  const server = await upstream(answering());
  const running = await startGateway({
    listen: { port: 0, publicUrl: PUBLIC },
    federation: {},
    identify: { issuers: [{ issuer: issuer.issuer, jwksUri: `${issuer.issuer}/keys` }] },
    servers: { a: { replicas: [server.url], scopes: { always: ['a:use'] } }, b: { replicas: [server.url] } },
    ...change,
  });
  const call = (authorization: string, one: Call, path = '/mcp') =>
    post(running.url, { ...one, path, headers: { authorization } });
  return { ...running, issuer, server, call };
}

describe('a federation', () => {
  it('is a resource of its own: its tokens open no server’s path, and theirs not it [AUTH-011] [AUTH-206]', async () => {
    const { call, issuer, url } = await federation();
    const [whole, part] = [
      `Bearer ${await issuer.sign({ aud: `${PUBLIC}/mcp` })}`,
      `Bearer ${await issuer.sign({ aud: `${PUBLIC}/servers/b/mcp` })}`,
    ];
    expect((await call(whole, calling('b__add'))).status).toBe(200);
    expect((await call(part, calling('b__add'))).status).toBe(401);
    expect((await call(part, calling('add'), '/servers/b/mcp')).status).toBe(200);
    expect((await call(whole, calling('add'), '/servers/b/mcp')).status).toBe(401);
    const metadata = await fetch(`${url}/.well-known/oauth-protected-resource/mcp`);
    expect(await metadata.json()).toMatchObject({ resource: `${PUBLIC}/mcp` });
  });

  it('holds a call to the scopes of the server that it goes to, told by headers or by the body alone', async () => {
    const { call, issuer, server } = await federation();
    const token = async (scope: string) => `Bearer ${await issuer.sign({ aud: `${PUBLIC}/mcp`, scope })}`;
    for (const one of [calling('a__add'), completing('a__prompt')]) {
      const refused = await call(await token('other'), one);
      expect([refused.status, refused.headers['www-authenticate']]).toEqual([
        403,
        `Bearer error="insufficient_scope", scope="a:use", resource_metadata="${PUBLIC}/.well-known/oauth-protected-resource/mcp"`,
      ]);
      expect(server.seen).toEqual([]);
    }
    expect((await call(await token('a:use'), completing('a__prompt'))).status).toBe(200);
    expect((await call(await token('other'), completing('b__prompt'))).status).toBe(200);
  });

  it('passes no token on, though a server may have its own [AUTH-015] [AUTH-207]', async () => {
    const own = await upstream(answering());
    const { call, issuer } = await federation({
      servers: { b: { replicas: [own.url], authorization: 'pass', resource: 'https://b.example.com/mcp' } },
    });
    const authorization = `Bearer ${await issuer.sign({ aud: `${PUBLIC}/mcp` })}`;
    expect((await call(authorization, calling('b__add'))).status).toBe(200);
    expect(own.seen).toHaveLength(1);
    expect(own.seen[0]?.headers).not.toHaveProperty('authorization');
  });

  it('is not opened by a key of single servers, and shares its quotas with their paths', async () => {
    const [one, all] = [mintApiKey({ name: 'one', servers: ['b'] }), mintApiKey({ name: 'all' })];
    const { url } = await federation({
      identify: { keys: [one.entry, all.entry] },
      quotas: [{ name: 'q', per: ['server', 'tool'], limit: 2, every: '1h' }],
      servers: { b: { replicas: [(await upstream(answering())).url] } },
    });
    const status = async (key: string, call: Call, path: string) =>
      (await post(url, { ...call, path, headers: { 'x-api-key': key } })).status;
    expect(await status(one.key, calling('b__add'), '/mcp')).toBe(401);
    expect(await status(one.key, calling('add'), '/servers/b/mcp')).toBe(200);
    expect(await status(all.key, calling('b__add'), '/mcp')).toBe(200);
    expect(await status(all.key, calling('b__add'), '/mcp')).toBe(429);
    expect(await status(all.key, calling('add'), '/servers/b/mcp')).toBe(429);
  });
});

it('who is nobody has no scopes', async () => {
  const server = await upstream(answering());
  const { url } = await startGateway({
    identify: { anonymous: true },
    servers: { a: { path: '/mcp', replicas: [server.url], scopes: { tools: { wipe: ['write'] } } } },
  });
  expect((await post(url)).status).toBe(200);
  const wipe = await post(url, { name: 'wipe' });
  expect([wipe.status, server.seen.length]).toEqual([401, 1]);
});
