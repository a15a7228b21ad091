import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createResourceVerifier } from '@switchyard/auth/resource';
import { createServer } from '@switchyard/server';
import { type Listening, serve } from '@switchyard/server/node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AuthorizationServer, browse, startAuthorizationServer } from '../auth/authorization-server.mjs';
import { type FaultyServer, faultyServer } from './doctor/faulty-server.ts';
import { cleanUp, run, start } from './support/command.ts';

let as: AuthorizationServer;
let upstream: Listening;
/** Serves the metadata beside the server. */
let front: FaultyServer;
let folder: string;
let env: { readonly SWITCHYARD_CREDENTIALS: string };

beforeAll(async () => {
  as = await startAuthorizationServer();
  let verifier: ReturnType<typeof createResourceVerifier> | undefined;
  const server = createServer(
    { name: 'guarded', version: '1.0.0' },
    { authenticate: (request) => verifier?.authenticate(request) ?? Promise.reject(new Error('not ready')) },
  );
  server.registerTool('whoami', {}, (ctx) => String(ctx.principal?.subject));
  upstream = await serve(server, { port: 0 });
  front = await faultyServer(upstream.url);
  verifier = createResourceVerifier({
    resource: front.url,
    issuers: [{ issuer: as.issuer }],
    scopes: { always: ['mcp:read'] },
    cacheMs: 0,
  });
  const document = {
    resource: front.url,
    authorization_servers: [as.issuer],
    scopes_supported: ['mcp:read'],
  };
  front.fault = {
    instead: ({ verb, path: where }) =>
      verb === 'GET' && where.startsWith('/.well-known/oauth-protected-resource')
        ? { headers: { 'content-type': 'application/json' }, messages: [document] }
        : undefined,
  };
});

afterAll(async () => {
  front.close();
  await upstream.close({ timeoutMs: 0 });
  await as.close();
});

afterEach(async () => {
  await cleanUp();
  rmSync(folder, { recursive: true, force: true });
});

describe('login', () => {
  it('signs in by browser; call, types and doctor then use the token', async () => {
    fresh();
    expect(await run(['call', front.url, 'whoami'], { env })).toMatchObject({
      code: 1,
      err: expect.stringContaining('switchyard login'),
    });
    expect(await signIn()).toBe(0);
    expect(await run(['call', front.url, 'whoami'], { env })).toEqual({ code: 0, out: 'ann\n', err: '' });
    expect((await run(['types', front.url], { env })).out).toContain('readonly whoami:');
    const { out, code } = await run(['doctor', front.url, '--json'], { env });
    const { verdict, findings } = JSON.parse(out);
    expect(verdict).toBe('modern');
    const wrong = findings.filter(({ status }: { status: string }) => status === 'wrong');
    expect({ code, wrong }).toEqual({ code: 0, wrong: [] });
  });

  it('keeps the token where only its owner can read it, and forgets it when told to', async () => {
    fresh();
    await signIn();
    expect(statSync(env.SWITCHYARD_CREDENTIALS).mode & 0o077).toBe(0);
    expect((await run(['login', front.url, '--forget'], { env })).code).toBe(0);
    expect((await run(['call', front.url, 'whoami'], { env })).code).toBe(1);
  });

  it('sends it to this very server only, and --token overrides it', async () => {
    fresh();
    await signIn();
    const seen: (string | undefined)[] = [];
    const other = await faultyServer(upstream.url);
    other.fault = { instead: ({ headers }) => void seen.push(headers['authorization']) };
    await run(['call', other.url, 'whoami'], { env });
    other.close();
    expect(seen).toEqual([undefined]);
    expect((await run(['call', front.url, 'whoami', '--token', 'another'], { env })).code).toBe(1);
  });

  it('renews a token that has expired', async () => {
    fresh();
    await signIn();
    expireTokens();
    const before = as.tokenRequests.length;
    expect(await run(['call', front.url, 'whoami'], { env })).toMatchObject({ code: 0, out: 'ann\n' });
    expect(as.tokenRequests.slice(before).map((form) => form.get('grant_type'))).toEqual(['refresh_token']);
  });

  it('signs in on another device', async () => {
    fresh();
    const running = start(['login', front.url, '--device'], { env });
    const [, code = ''] = await running.says(/enter (\S+)/);
    await as.approveDevice(code);
    expect(await running.ended).toBe(0);
    expect((await run(['call', front.url, 'whoami'], { env })).out).toBe('ann\n');
  });

  it('says what stands in the way', async () => {
    fresh();
    as.behaviour.account = undefined;
    const running = start(['login', front.url, '--no-browser'], { env });
    await comeBack(running);
    expect(await running.ended).toBe(1);
    as.behaviour.account = 'ann';
    expect(running.err()).toMatch(/error: .*/);
    expect(running.err()).not.toMatch(/\n\s+at /);
  });

  it('has nothing to do where no token is wanted', async () => {
    fresh();
    const open = await serve(createServer({ name: 'open', version: '1' }), { port: 0 });
    expect(await run(['login', open.url], { env })).toMatchObject({
      code: 0,
      err: expect.stringContaining('lets callers in without a token'),
    });
    await open.close({ timeoutMs: 0 });
  });
});

// ---

function fresh(): void {
  folder = mkdtempSync(path.join(tmpdir(), 'switchyard-login-'));
  env = { SWITCHYARD_CREDENTIALS: path.join(folder, 'credentials.json') };
}

/** Lets time pass for what is kept. */
function expireTokens(): void {
  const file = env.SWITCHYARD_CREDENTIALS;
  const kept: Record<string, string> = JSON.parse(readFileSync(file, 'utf8'));
  const changed = Object.entries(kept).map(([key, text]) => [
    key,
    key.startsWith('token:') ? JSON.stringify({ ...JSON.parse(text), expiresAt: Date.now() - 1000 }) : text,
  ]);
  writeFileSync(file, JSON.stringify(Object.fromEntries(changed)));
}

async function signIn(): Promise<unknown> {
  const running = start(['login', front.url, '--no-browser'], { env });
  await comeBack(running);
  return running.ended;
}

/** Does what a user with a browser does. */
async function comeBack(running: ReturnType<typeof start>): Promise<void> {
  const [, page = ''] = await running.says(/browser: (\S+)/);
  const back = await browse(new URL(page), as.issuer);
  expect((await fetch(back)).status).toBe(200);
}
