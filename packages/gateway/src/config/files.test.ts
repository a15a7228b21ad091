import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { configPage, schemaText } from '../../scripts/config-page.mjs';
import { loadConfig } from './load.ts';
import { parseConfig } from './parse.ts';
import { referencedFiles } from './referenced-files.ts';
import { CONFIG_SCHEMA } from './schema.ts';
import { type WatchConfigOptions, watchConfig } from './watch.ts';

const config = (port: number) => `listen: { port: ${port} }\nservers: { s: { replicas: [http://h/] } }\n`;

function inFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'gateway.yaml');
  writeFileSync(file, config(1));
  return file;
}

/** A watch, the ports it reported and the errors. */
function watching(file: string, options: Partial<WatchConfigOptions> = {}) {
  const ports: number[] = [];
  const errors: string[] = [];
  const watch = watchConfig(file, {
    debounceMs: 10,
    onChange: ({ plan }) => ports.push(plan.listen.port),
    onError: (error) => errors.push(String(error)),
    ...options,
  });
  onTestFinished(() => watch.close());
  return { ...watch, ports, errors };
}

describe('loadConfig', () => {
  it('reads a file, and names the one it cannot read', async () => {
    const file = inFolder();
    expect((await loadConfig(file)).plan.listen.port).toBe(1);
    await expect(loadConfig(`${file}.no`)).rejects.toThrow(`${file}.no: there is no such file`);
    await expect(loadConfig(join(file, '..'))).rejects.toThrow('it is a folder');
  });
});

describe('watchConfig', () => {
  it('reports a change in place and a file put in its place', async () => {
    const file = inFolder();
    const { ports } = watching(file, { current: await loadConfig(file) });
    writeFileSync(file, config(2));
    await vi.waitFor(() => expect(ports).toEqual([2]));
    writeFileSync(`${file}.new`, config(3));
    renameSync(`${file}.new`, file);
    await vi.waitFor(() => expect(ports).toEqual([2, 3]));
  });

  it('reports what changed before it began, but not what is in use already', async () => {
    const file = inFolder();
    const current = await loadConfig(file);
    const same = watching(file, { current });
    await same.check();
    writeFileSync(file, config(9));
    const late = watching(file, { current });
    await vi.waitFor(() => expect(late.ports).toEqual([9]));
    expect(same.ports).not.toContain(1);
  });

  it('reports a content that cannot be used as an error, once, and the next good one', async () => {
    const file = inFolder();
    const { ports, errors, check } = watching(file, { current: await loadConfig(file), debounceMs: 60_000 });
    writeFileSync(file, 'listen: {}\n');
    await check();
    await check();
    expect(errors).toEqual([
      expect.stringContaining(`${file}:1:1: the configuration needs the key "servers"`),
    ]);
    writeFileSync(file, config(4));
    await check();
    expect([ports, errors.length]).toEqual([[4], 1]);
  });

  it('hands on what the change callback throws, and a file that is gone', async () => {
    const file = inFolder();
    const onChange = () => {
      throw new Error('refused');
    };
    const { errors, check } = watching(file, { onChange, debounceMs: 60_000 });
    await check();
    rmSync(file);
    await check();
    expect(errors).toEqual(['Error: refused', expect.stringContaining('there is no such file')]);
  });
});

describe('a watch that is closed', () => {
  /** So many turns of the event loop later. */
  const turns = async (count: number) => {
    for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };

  it.each([0, 1, 2, 4, 8, 16, 32])(
    'reports nothing more, %i turns into the reading of a file',
    async (count) => {
      const file = inFolder();
      const servers = Array.from({ length: 300 }, (_, i) => `  s${i}: { replicas: [http://h/${i}] }\n`);
      let closed = false;
      const late: unknown[] = [];
      const report = (what: unknown) => {
        if (closed) late.push(what);
      };
      const { check, close } = watching(file, { onChange: report, onError: report, debounceMs: 60_000 });
      writeFileSync(file, `servers:\n${servers.join('')}${count % 2 === 0 ? '' : 'nonsense: 1\n'}`);
      const done = check();
      await turns(count);
      close();
      closed = true;
      await done;
      await check();
      expect(late).toEqual([]);
    },
  );
});

describe('the files that a configuration refers to', () => {
  it('are found wherever they stand', () => {
    const file = (name: string) => ({ file: `/run/${name}` });
    const own = { env: 'X' };
    const introspection = { clientId: 'c', clientSecret: file('client') };
    const found = referencedFiles({
      listen: { tls: { cert: '/run/cert', key: file('key'), clientCa: '/run/ca' } },
      state: { url: 'redis://h', password: file('redis') },
      identify: {
        keys: file('keys'),
        issuers: [
          { issuer: 'https://a/', introspection: { ...introspection, clientSecret: own } },
          { issuer: 'https://b/', introspection },
        ],
      },
      servers: { s: { replicas: ['http://h/'] } },
    });
    expect(found).toEqual(['cert', 'key', 'ca', 'redis', 'keys', 'client'].map((name) => `/run/${name}`));
  });

  it('are watched with it: what is put in their place is reported, once', async () => {
    const file = inFolder();
    const keys = `${file}.keys`;
    writeFileSync(keys, '[]');
    writeFileSync(file, `${config(1)}identify: { keys: { file: ${JSON.stringify(keys)} } }\n`);
    const { ports, check } = watching(file, { current: await loadConfig(file) });
    await check();
    expect(ports).toEqual([]);
    writeFileSync(`${keys}.new`, '[ ]');
    renameSync(`${keys}.new`, keys);
    await vi.waitFor(() => expect(ports).toEqual([1]));
    await check();
    expect(ports).toEqual([1]);
  });
});

describe('what is published', () => {
  const read = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');

  it('is the schema of the source, and the page made from it', () => {
    expect(read('../../generated/config.schema.json')).toBe(schemaText(CONFIG_SCHEMA));
    expect(read('../../../../docs/reference/gateway-config.md')).toBe(configPage(CONFIG_SCHEMA));
  });

  it('has only examples that can be used', () => {
    const pages = [
      '../../../../docs/guides/gateway.md',
      '../../../../docs/guides/gateway-caching.md',
      '../../../../docs/guides/gateway-upstreams.md',
      '../../../../docs/guides/gateway-identity.md',
      '../../../../docs/guides/gateway-quotas.md',
      '../../../../docs/guides/gateway-federation.md',
      '../../../../docs/guides/many-instances.md',
      '../../../../docs/guides/gateway-integrity.md',
      '../../../../docs/guides/gateway-audit.md',
      '../../../../docs/guides/gateway-observability.md',
      '../../../../docs/guides/deploying.md',
      '../../README.md',
    ];
    const examples = pages.flatMap((page) =>
      [...read(page).matchAll(/```yaml\n(.*?)```/gs)].map(([, text = '']) => text),
    );
    expect(examples.length).toBeGreaterThanOrEqual(5);
    for (const text of examples) expect(() => parseConfig(text)).not.toThrow();
  });

  it('describes every key', () => {
    const undescribed: string[] = [];
    const walk = (node: object, path: string) => {
      for (const [key, child] of Object.entries(node)) {
        if (key === 'properties') {
          for (const [name, property] of Object.entries(child as object)) {
            const described = 'description' in (property as object) || '$ref' in (property as object);
            if (!described) undescribed.push(`${path}.${name}`);
          }
        }
        if (typeof child === 'object' && child !== null) walk(child, `${path}.${key}`);
      }
    };
    walk(CONFIG_SCHEMA, '');
    expect(undescribed).toEqual([]);
  });

  it('says the defaults that apply', () => {
    const { plan } = parseConfig('servers: { s: { replicas: [http://h/] } }');
    const explicit = parseConfig(
      `listen: { host: 127.0.0.1, port: 8080, expose: false }
forwarded: replace
drain: 10s
limits: { body: 4MiB, result: 16MiB, headers: 16KiB, headerCount: 100, inFlight: 10000, connections: 20000, headerTime: 10s, requestTime: 60s, keepAlive: 65s }
servers:
  s:
    replicas: [http://h/]
    balance: round-robin
    retries: 2
    trusted: false
    http2: false
    network: any
    authorization: drop
    retryBudget: { percent: 20, least: 10, window: 10s }
    health: { failures: 3, eject: 2s, maxEject: 30s }
    timeouts: { connect: 1s, headers: 5m, idle: 5m, total: 1h }
`,
    );
    expect(explicit.plan).toEqual(plan);
    const always = (nodes: object = {}) =>
      Object.fromEntries(Object.entries(nodes).filter(([key]) => !BLOCKS.includes(key)));
    const { properties, definitions } = CONFIG_SCHEMA;
    const stated = { properties: always(properties), definitions: always(definitions) };
    expect(defaultsOf(stated)).toEqual(defaultsIn(explicit.config));
  });
});

/** Blocks that do nothing where they are left out; the tests of each hold its defaults. */
const BLOCKS = [
  'state',
  'cache',
  'credentials',
  'active',
  'stdio',
  'federation',
  'canary',
  'shadow',
  'circuit',
  'hedge',
  'identify',
  'quotas',
  'policy',
  'integrity',
  'store',
  'audit',
  'admin',
];

/** Every default that the schema states, by key. */
function defaultsOf(node: object, found: Record<string, unknown> = {}): Record<string, unknown> {
  for (const [key, child] of Object.entries(node)) {
    if (typeof child !== 'object' || child === null || BLOCKS.includes(key)) continue;
    if ('default' in child) found[key] = child.default;
    defaultsOf(child, found);
  }
  return found;
}

/** Every leaf of a configuration, by key, but for the list of replicas. */
function defaultsIn(node: object, found: Record<string, unknown> = {}): Record<string, unknown> {
  for (const [key, child] of Object.entries(node)) {
    if (typeof child !== 'object') found[key] = child;
    else if (!Array.isArray(child)) defaultsIn(child, found);
  }
  return found;
}
