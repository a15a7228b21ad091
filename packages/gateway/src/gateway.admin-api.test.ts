import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { adminPage, documentText } from '../scripts/admin-page.mjs';
import { NO_POSTGRES, ownSchema } from '../test/postgres.ts';
import { answering, post, upstream } from '../test/support.ts';
import { message, toolbox } from '../test/toolbox.ts';
import { until } from '../test/until.ts';
import {
  ADMIN_API,
  ConfigError,
  createGateway,
  type GatewayConfig,
  type GatewayOptions,
  type OpenApiOperation,
} from './index.ts';

const TOKEN = 'planted-operator-token';

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly headers: Headers;
  readonly text: string;
}

/** Asks, with a token unless `headers` say otherwise. */
type Ask = (method: string, target: string, init?: RequestInit) => Promise<Reply>;

async function started(own: Partial<GatewayConfig> = {}, options: GatewayOptions = {}) {
  const { url: up } = await upstream(answering());
  const gateway = createGateway(
    {
      listen: { port: 0 },
      admin: { port: 0, tokens: { ops: { env: 'ADMIN' } } },
      servers: {
        s: {
          path: '/mcp',
          replicas: [up],
          canary: { replicas: [up], share: 10 },
          shadow: { replicas: [up] },
        },
      },
      ...own,
    },
    { env: { ADMIN: TOKEN }, ...options },
  );
  onTestFinished(async () => {
    await gateway.close({ timeoutMs: 0 });
  });
  const { url, admin = '' } = await gateway.listen();
  const ask: Ask = async (method, target, init = {}) => {
    const headers = { authorization: `Bearer ${TOKEN}`, ...(init.headers as object) };
    const res = await fetch(new URL(target, admin), { ...init, method, headers });
    const type = res.headers.get('content-type') ?? '';
    return { status: res.status, type, headers: res.headers, text: await res.text() };
  };
  return { gateway, url, ask };
}

/** A gateway with a store, a record of a request, and a definition that waits for a decision. */
async function keeping() {
  const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-admin-api-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { url: up } = await upstream(toolbox(() => ({ tools: [{ name: 'add', description: 'Adds' }] })));
  const { url, ask, gateway } = await started({
    ...{ store: `sqlite:${folder}/a.db`, audit: {}, integrity: { firstUse: 'quarantine' } },
    servers: { s: { path: '/mcp', replicas: [up] } },
  });
  await post(url, { method: 'tools/list', body: message('tools/list', {}) });
  await until(async () => (await ask('GET', '/pins')).text.includes('pending'));
  await until(async () => (await ask('GET', '/audit?method=tools/list')).text !== '');
  return { ask, gateway };
}

const JSON_BODY = { 'content-type': 'application/json' };
const decision = (name: string) => ({
  headers: JSON_BODY,
  body: JSON.stringify({ server: 's', kind: 'tool', name }),
});
const rereading = (reread: NonNullable<GatewayOptions['reread']>) => started({}, { reread });
const plain: GatewayConfig = { servers: { s: { replicas: ['http://h/'] } } };
const again = (): GatewayConfig => ({
  ...plain,
  listen: { port: 0 },
  admin: { port: 0, tokens: { ops: { env: 'ADMIN' } } },
});

/** How each answer of the document comes about, but for those that any operation may give. */
const CASES: Readonly<Record<string, () => Promise<Reply>>> = {
  'GET /healthz 200': async () =>
    (await started()).ask('GET', '/healthz', { headers: { authorization: '' } }),
  'GET /readyz 200': async () => (await started()).ask('GET', '/readyz', { headers: { authorization: '' } }),
  'GET /readyz 503': async () => {
    const { ask } = await started();
    await ask('POST', '/drain');
    return ask('GET', '/readyz');
  },
  'GET /metrics 200': async () => (await started()).ask('GET', '/metrics'),
  'GET /servers 200': async () => (await started()).ask('GET', '/servers'),
  'GET /plan 200': async () => (await keeping()).ask('GET', '/plan'),
  'POST /reload 200': async () => (await rereading(async () => again())).ask('POST', '/reload'),
  'POST /reload 409': async () => (await started()).ask('POST', '/reload'),
  'POST /reload 422': async () => {
    const problems = [{ path: ['servers', 's', 0], message: 'servers.s[0] is wrong', line: 3, column: 1 }];
    const { ask } = await rereading(async () => Promise.reject(new ConfigError(problems)));
    return ask('POST', '/reload');
  },
  'POST /drain 200': async () => (await started()).ask('POST', '/drain'),
  'GET /audit 200': async () => (await keeping()).ask('GET', '/audit?limit=5'),
  'GET /audit 400': async () => (await keeping()).ask('GET', '/audit?from=yesterday'),
  'GET /audit 409': async () => (await started()).ask('GET', '/audit'),
  'GET /pins 200': async () => (await keeping()).ask('GET', '/pins?server=s'),
  'GET /pins 409': async () => (await started()).ask('GET', '/pins'),
  ...Object.fromEntries(
    ['/pins/approve', '/pins/reject'].flatMap((target) => [
      [`POST ${target} 200`, async () => (await keeping()).ask('POST', target, decision('add'))],
      [`POST ${target} 400`, async () => (await keeping()).ask('POST', target)],
      [`POST ${target} 404`, async () => (await keeping()).ask('POST', target, decision('none'))],
      [`POST ${target} 409`, async () => (await started()).ask('POST', target, decision('add'))],
    ]),
  ),
  'GET /openapi.json 200': async () => (await started()).ask('GET', '/openapi.json'),
};

/** How the answers come about that any operation may give. */
const UNSAID: Readonly<Record<string, RequestInit>> = {
  400: { headers: JSON_BODY, body: '{' },
  401: { headers: { authorization: 'Bearer wrong' } },
  403: { headers: { origin: 'https://evil.example' } },
  413: { headers: JSON_BODY, body: ' '.repeat(64 * 1024 + 1) },
  415: { headers: { 'content-type': 'text/plain' }, body: '{}' },
};

let api: typeof ADMIN_API;
let ajv: Ajv2020;
const operations = Object.entries(ADMIN_API.paths).flatMap(([target, methods]) =>
  Object.entries(methods).map(([verb, operation]) => ({
    name: `${verb.toUpperCase()} ${target}`,
    operation,
  })),
);

describe('the document of the admin API', () => {
  beforeAll(() => {
    api = JSON.parse(readFileSync(new URL('../generated/admin.openapi.json', import.meta.url), 'utf8'));
    ajv = new Ajv2020({ strict: false, allErrors: true });
    ajv.addSchema(closed({ $id: 'urn:admin:api', components: api['components'] }) as object);
  });

  it('is the one that is published, described and served, behind the identity of the port', async () => {
    const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8');
    expect(read('../generated/admin.openapi.json')).toBe(documentText(ADMIN_API));
    expect(read('../../../docs/reference/admin-api.md')).toBe(adminPage(ADMIN_API));
    const { ask } = await started();
    expect(JSON.parse((await ask('GET', '/openapi.json')).text)).toEqual(api);
    expect((await ask('GET', '/openapi.json', { headers: { authorization: 'Bearer x' } })).status).toBe(401);
  });

  it('has an operation for each case here, and a case for each answer', () => {
    const told = operations.flatMap(({ name, operation }) =>
      Object.entries(operation.responses)
        .filter(([, response]) => !('$ref' in response))
        .map(([status]) => `${name} ${status}`),
    );
    expect(told.sort()).toEqual(Object.keys(CASES).sort());
  });

  it.each(Object.keys(CASES))('says what %s is', async (name) => {
    const [method = '', target = '', status = ''] = name.split(' ');
    const operation = operationOf(method, target);
    const reply = await CASES[name]?.();
    expect(reply).toMatchObject({ status: Number(status) });
    if (reply !== undefined) expect(faults(operation, reply)).toEqual([]);
  });

  it.each(operations.map(({ name }) => name))('says what else %s may be answered', async (name) => {
    const [method = '', target = ''] = name.split(' ');
    const operation = operationOf(method, target);
    const { ask } = await started();
    for (const [status, init] of Object.entries(UNSAID)) {
      // A browser's rule that fetch keeps, too.
      if (method === 'GET' && init.body !== undefined) continue;
      const reply = await ask(method, target, init);
      const anybody = (operation['security'] as unknown[]).length === 0;
      expect([name, reply.status]).toEqual([name, anybody ? 200 : Number(status)]);
      expect(faults(operation, reply)).toEqual([]);
    }
  });

  it('says what readiness tells of a state that will not do', async () => {
    const { url } = await upstream(answering());
    const { ask } = await started({ state: `rediss://127.0.0.1:${new URL(url).port}` });
    const reply = await ask('GET', '/readyz');
    expect([reply.status, JSON.parse(reply.text).status]).toEqual([503, 'state-refused']);
    expect(faults(operationOf('GET', '/readyz'), reply)).toEqual([]);
  });

  it('opens the store with the secrets that the gateway was given', async ({ skip }) => {
    const own = await ownSchema();
    if (own === undefined) return skip(NO_POSTGRES);
    const store = { ...own, password: { env: 'PLANTED' } };
    const { ask } = await started({ store }, { env: { ADMIN: TOKEN, PLANTED: 'planted' } });
    for (const target of ['/pins', '/audit'])
      expect([target, (await ask('GET', target)).status]).toEqual([target, 200]);
  });

  it('says what a gateway answers that failed, and not why', async () => {
    const { ask } = await rereading(() => Promise.reject(new Error('planted')));
    const reply = await ask('POST', '/reload');
    expect(reply.status).toBe(500);
    expect(reply.text).not.toContain('planted');
    expect(faults(operationOf('POST', '/reload'), reply)).toEqual([]);
  });

  it('tells what everybody may ask from what operators may', async () => {
    const { ask } = await started();
    const open = await started({ admin: { port: 0, metrics: 'open' } });
    for (const { name, operation } of operations) {
      const [method = '', target = ''] = name.split(' ');
      const security = operation['security'] as object[];
      const unknown = { headers: { authorization: 'Bearer wrong' } };
      const admitted = async (one: Ask) => (await one(method, target, unknown)).status !== 401;
      expect([name, await admitted(ask)]).toEqual([name, security.length === 0]);
      const optional = security.some((each) => Object.keys(each).length === 0);
      expect([name, await admitted(open.ask)]).toEqual([name, security.length === 0 || optional]);
    }
  });

  it('has no parameter that makes no difference', async () => {
    const { ask } = await keeping();
    const shown = async (query: string) => (await ask('GET', `/audit?${query}`)).text.split('\n').length - 1;
    expect(await shown('')).toBeGreaterThan(1);
    const parameters = operationOf('GET', '/audit').parameters as readonly { name: string }[];
    const values: Readonly<Record<string, string>> = { from: '2999-01-01', to: '2000-01-01', limit: '1' };
    for (const { name } of parameters)
      expect([name, await shown(`${name}=${values[name] ?? 'no-such'}`)]).toEqual([
        name,
        name === 'limit' ? 1 : 0,
      ]);
    expect((await ask('GET', '/pins?server=no-such')).text).toBe('{"pins":[]}\n');
  });
});

// ---

interface Response {
  readonly content: Readonly<Record<string, { readonly schema: Readonly<Record<string, unknown>> }>>;
  readonly headers?: Readonly<Record<string, { readonly required?: boolean }>>;
}

function operationOf(method: string, target: string): OpenApiOperation {
  const found = api.paths[target]?.[method.toLowerCase()];
  if (found === undefined) throw new TypeError(`There is no operation ${method} ${target}.`);
  return found;
}

/** What is wrong with an answer by the document. */
function faults(operation: OpenApiOperation, reply: Reply): readonly unknown[] {
  const named = operation.responses[reply.status] as { $ref?: string } | undefined;
  if (named === undefined) return [`${reply.status} is not in the document`];
  const response = (named.$ref === undefined ? named : pointed(named.$ref)) as Response;
  const media = response.content[reply.type];
  if (media === undefined) return [`${reply.type} is not in the document`];
  const missing = Object.keys(response.headers ?? {}).filter((name) => !reply.headers.has(name));
  const line = media.schema['x-line'];
  if (reply.type !== 'application/json')
    return line === undefined ? missing : [...missing, ...lineFaults(line as object, reply.text)];
  return [...missing, ...valueFaults(media.schema, reply.text)];
}

function lineFaults(schema: object, text: string): readonly unknown[] {
  const lines = text.split('\n').slice(0, -1);
  return lines.length === 0 ? ['nothing was shown'] : lines.flatMap((line) => valueFaults(schema, line));
}

function valueFaults(schema: object, text: string): readonly unknown[] {
  const { $ref = '' } = schema as { $ref?: string };
  const validate: ValidateFunction = ajv.compile({ $ref: `urn:admin:api${$ref}` });
  return validate(JSON.parse(text)) ? [] : (validate.errors ?? []);
}

function pointed(reference: string): unknown {
  const keys = reference.replace('#/', '').split('/');
  return keys.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], api);
}

/** The same with no members admitted but those that are told. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.fromEntries(Object.entries(value).map(([key, member]) => [key, closed(member)]));
  return members['type'] === 'object' && 'properties' in members
    ? { ...members, additionalProperties: false }
    : members;
}
