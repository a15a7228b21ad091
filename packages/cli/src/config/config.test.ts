import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseConfig } from '@switchyard/gateway';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createProgram } from '../program.ts';
import type { Terminal } from '../terminal.ts';

/** Runs `switchyard config …` on a file of that content. */
async function config(verb: string, text: string): Promise<{ out: string; failure: string | undefined }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'f.json');
  writeFileSync(file, text);
  const out: string[] = [];
  const terminal: Terminal = {
    ...{ env: {}, interactive: false, live: false, shown: false },
    print: (line) => out.push(line),
    note: () => {},
    status: () => {},
    ask: async () => undefined,
    paint: (_, line) => line,
  };
  let failure: string | undefined;
  try {
    await createProgram(terminal).parseAsync(['node', 'switchyard', 'config', verb, file]);
  } catch (error) {
    failure = (error instanceof Error ? error.message : String(error)).replaceAll(file, 'f.json');
  }
  return { out: out.join('\n').replaceAll(file, 'f.json'), failure };
}

describe('switchyard config import', () => {
  it('takes mcp.json and Claude Desktop: URLs go over, programs become comments, secrets references', async () => {
    const text = JSON.stringify({
      mcpServers: {
        'my weather!': {
          type: 'http',
          url: 'https://weather.example/mcp?key=planted',
          headers: { Authorization: 'Bearer planted' },
        },
        files: {
          command: 'npx',
          args: ['-y', 'server-files', '--token=planted'],
          env: { API_KEY: 'planted' },
        },
        search: {
          url: 'http://127.0.0.1:3001/mcp',
          headers: { 'X-Api-Key': 'planted', 'X-Other': 'planted' },
        },
      },
    });
    const { out } = await config('import', text);
    expect(out).toMatchInlineSnapshot(`
      "listen: { host: 127.0.0.1, port: 8080 }
      servers:
        # my-weather- was called "my weather!"
        # my-weather-: the query of its URL may hold a key and was left out
        my-weather-:
          replicas: ["https://weather.example/mcp"]
          # The value of Authorization belongs into this variable (without "Bearer ").
          credentials: { secret: { env: MY_WEATHER_AUTHORIZATION } }
        # files is a program: if it speaks revision 2026-07-28 the gateway can start it, as below; else serve it over HTTP and say where (replicas)
        # files:
        #   stdio: { command: "npx", args: ["-y", "server-files", "--token=…"], env: { "API_KEY": { env: "API_KEY" } } }
        # search: the header X-Other was left out; one can be sent
        search:
          replicas: ["http://127.0.0.1:3001/mcp"]
          # The value of X-Api-Key belongs into this variable.
          credentials: { secret: { env: SEARCH_X_API_KEY }, header: "x-api-key" }"
    `);
    expect(out).not.toContain('planted');
    expect(Object.keys(parseConfig(out).config.servers)).toEqual(['my-weather-', 'search']);
    const started = out.replace(/# (files:\n\s+)# {3}/, '$1    ');
    expect(Object.keys(parseConfig(started).config.servers)).toContain('files');
  });

  it("takes VS Code's files, with comments and inputs", async () => {
    const text = `{
      // what I use
      "mcp": { "servers": {
        "a": { "type": "http", "url": "https://a.example/mcp", /* "x": 1 */ },
        "a ": { "url": "https://\${input:host}/mcp" },
        "url // not a comment": { "type": "sse", "url": "https://b.example/sse" },
      } },
    }`;
    const { out } = await config('import', text);
    expect(out).toMatchInlineSnapshot(`
      "listen: { host: 127.0.0.1, port: 8080 }
      servers:
        a:
          replicas: ["https://a.example/mcp"]
        # a- was called "a "
        # a- has a URL that is not http or https, or has parts to fill in: "https://\${input:host}/mcp"
        # a-:
        #   replicas: [http://127.0.0.1:3001/mcp]
        # url-not-a-comment was called "url // not a comment"
        # url-not-a-comment was reached by the SSE transport of 2024: give it an endpoint of revision 2026-07-28
        url-not-a-comment:
          replicas: ["https://b.example/sse"]"
    `);
    expect(parseConfig(out).plan.servers.map(({ name }) => name)).toEqual(['a', 'url-not-a-comment']);
  });

  it("takes a registry's server.json", async () => {
    const remote = {
      type: 'streamable-http',
      url: 'https://s.example/mcp',
      headers: [{ name: 'X-Key', isSecret: true }],
    };
    const { out } = await config(
      'import',
      JSON.stringify({ name: 'io.example/search', version: '1.2.0', remotes: [remote] }),
    );
    expect(out).toMatchInlineSnapshot(`
      "listen: { host: 127.0.0.1, port: 8080 }
      servers:
        # search io.example/search 1.2.0
        search:
          replicas: ["https://s.example/mcp"]
          # The value of X-Key belongs into this variable.
          credentials: { secret: { env: SEARCH_X_KEY }, header: "x-key" }"
    `);
    expect(parseConfig(out).plan.servers).toHaveLength(1);
    const packages = [{ registryType: 'npm', identifier: '@example/search' }];
    expect((await config('import', JSON.stringify({ name: 'io.example/s', packages }))).out).toContain(
      '# s is a package to be run: npm @example/search',
    );
  });

  it('lets nothing of a file become anything but what it is there for', async () => {
    const evil = 'x\nadmin: { metrics: open }\n\u2028#';
    const text = JSON.stringify({
      mcpServers: {
        [evil]: { url: 'https://e.example/mcp', headers: { [evil]: 'v', b: 'v' } },
        y: { command: evil },
      },
    });
    const { out } = await config('import', text);
    expect(out).not.toMatch(/^admin:/m);
    expect(() => parseConfig(out)).not.toThrow(/admin/);
  });

  it('says what it cannot take', async () => {
    expect((await config('import', '{')).failure).toMatch(/^f\.json is not JSON/);
    expect((await config('import', '{"a":1}')).failure).toMatch(
      /^f\.json has no MCP servers: expected mcpServers/,
    );
  });
});

describe('switchyard config validate and explain', () => {
  it('say what is wrong by line and key, or that nothing is', async () => {
    expect((await config('validate', '{"servers":{"s":{"replica":["http://h/"]}}}')).failure).toContain(
      'did you mean "replicas"?',
    );
    expect((await config('validate', '{"servers":{"s":{"replicas":["http://h/"]}}}')).out).toBe(
      'f.json: 1 server, nothing wrong',
    );
  });

  it('say in words what is shared, kept and counted', async () => {
    const server = '{"replicas":["http://127.0.0.1:1/mcp"]}';
    const quotas = '[{"name":"each","limit":1,"every":"1s"}]';
    const { out } = await config(
      'explain',
      `{"federation":{},"cache":{},"integrity":{},"quotas":${quotas},"servers":{"s":${server},"t":${server}}}`,
    );
    expect(out).toContain(
      'A request body has at most 4 MiB; 10000 requests at once; 10 s to finish when it closes.',
    );
    expect(out).toContain('Quotas: each.');
    expect(out).toContain('Definitions that change are held against their pins.');
    expect(out).toContain('Discovery, lists and reads are answered from the cache while they are fresh.');
    expect(out).toContain('/mcp is the federation of s, t.');
  });

  it('say in words what a gateway does', async () => {
    const text = `{"store":"sqlite:./a.db","audit":{"instance":"i"},"servers":{"s":{"replicas":["http://127.0.0.1:1/mcp?key=planted"]}}}`;
    const { out } = await config('explain', text);
    expect(out).toContain(
      'Every request is put on record as i (contents: none); nothing signs it; while it cannot be written, requests are refused.',
    );
    expect(out).toContain('/servers/s/mcp is s: http://127.0.0.1:1/mcp (round-robin, 2 retries).');
    expect(out).not.toContain('planted');
  });
});
