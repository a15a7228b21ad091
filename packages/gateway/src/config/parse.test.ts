import { describe, expect, it } from 'vitest';
import type { GatewayConfig } from './config.ts';
import { parseConfig, planOf } from './parse.ts';
import { ConfigError } from './problem.ts';

/** The message of the error for a text. */
function complaint(text: string): string {
  try {
    parseConfig(text, { file: 'gateway.yaml' });
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

const SERVERS = 'servers:\n  s:\n    replicas: [http://127.0.0.1:3001/mcp]\n';

describe('a configuration', () => {
  it('needs no more than one replica of one server', () => {
    expect(parseConfig(SERVERS).plan).toMatchObject({
      listen: { host: '127.0.0.1', port: 8080 },
      hosts: new Set(['localhost', '127.0.0.1', '[::1]', 'localhost:8080', '127.0.0.1:8080', '[::1]:8080']),
      origins: new Set(),
      loopbackOrigins: true,
      forwarded: 'replace',
      limits: { bodyBytes: 4194304, headerBytes: 16384, requestTimeMs: 60_000 },
      drainMs: 10_000,
      servers: [
        {
          name: 's',
          path: '/servers/s/mcp',
          balance: 'round-robin',
          retries: 2,
          authorization: 'drop',
          health: { failures: 3, ejectMs: 2000, maxEjectMs: 30_000 },
          timeouts: { connectMs: 1000, headersMs: 300_000, idleMs: 300_000, totalMs: 3_600_000 },
          replicas: [{ origin: 'http://127.0.0.1:3001', target: '/mcp', label: 'http://127.0.0.1:3001/mcp' }],
        },
      ],
    });
  });

  it('may be JSON, may use anchors, and keeps queries of replicas out of labels', () => {
    expect(
      parseConfig('{"servers": {"a": {"replicas": ["http://h/mcp?key=s"]}}}').plan.servers[0]?.replicas[0],
    ).toEqual({
      url: 'http://h/mcp?key=s',
      label: 'http://h/mcp',
      origin: 'http://h',
      target: '/mcp?key=s',
    });
    const shared = parseConfig(
      'servers:\n  a: { replicas: [http://h/a], timeouts: &t { idle: off } }\n  b: { replicas: [http://h/b], timeouts: *t }\n',
    );
    expect(shared.plan.servers.map(({ timeouts }) => timeouts.idleMs)).toEqual([0, 0]);
  });

  it('given as data is checked in the same way, by key', () => {
    const config: GatewayConfig = { servers: { s: { replicas: [] } } };
    expect(() => planOf(config)).toThrow('servers.s.replicas must not be empty');
    expect(() => planOf(config)).toThrow(ConfigError);
  });
});

describe('a problem is told by line, column and key, with what was expected', () => {
  it('for unknown keys, with what was probably meant', () => {
    expect(
      complaint(
        'lisen:\n  port: 1\nservers:\n  s:\n    replica: [http://a/]\n    retrys: 1\n    timeouts: { zzz: 1 }\n',
      ),
    ).toMatchInlineSnapshot(`
      "gateway.yaml:1:1: lisen is not a known key; did you mean "listen"?
      gateway.yaml:5:5: servers.s.replica is not a known key; did you mean "replicas"?
      gateway.yaml:6:5: servers.s.retrys is not a known key; did you mean "retries"?
      gateway.yaml:7:17: servers.s.timeouts.zzz is not a known key; the keys known here are connect, headers, idle, total"
    `);
  });

  it('for values of the wrong kind', () => {
    expect(
      complaint(
        'listen: { host: 1, port: 70000, expose: "yes" }\nservers:\n  s:\n    replicas: http://a/\n    balance: random\n    retries: 2.5\n    health: 3\n    timeouts: { connect: 1, headers: 60 s, idle: never }\nlimits: { body: 4MB }\ndrain:\n',
      ),
    ).toMatchInlineSnapshot(`
      "gateway.yaml:1:11: listen.host is 1; expected an IP address or a host name
      gateway.yaml:1:20: listen.port is 70000; expected a port number from 0 to 65535 (0: any free port)
      gateway.yaml:1:33: listen.expose is "yes"; expected true or false
      gateway.yaml:4:5: servers.s.replicas is "http://a/"; expected a list of URLs
      gateway.yaml:5:5: servers.s.balance is "random"; expected round-robin or least-in-flight
      gateway.yaml:6:5: servers.s.retries is 2.5; expected a whole number from 0 to 10
      gateway.yaml:7:5: servers.s.health is 3; expected the keys failures, eject, maxEject and active
      gateway.yaml:8:17: servers.s.timeouts.connect is 1; expected a duration: a whole number and a unit (ms, s, m, h), such as "500ms", "2s" or "5m"
      gateway.yaml:8:29: servers.s.timeouts.headers is "60 s"; expected a duration: a whole number and a unit (ms, s, m, h), such as "500ms", "2s" or "5m"
      gateway.yaml:8:44: servers.s.timeouts.idle is "never"; expected "off", or a duration such as "500ms", "2s" or "5m"
      gateway.yaml:9:11: limits.body is "4MB"; expected a size: a whole number and a unit (B, KiB, MiB, GiB), such as "16KiB" or "4MiB"
      gateway.yaml:10:1: drain is empty; expected a duration: a whole number and a unit (ms, s, m, h), such as "500ms", "2s" or "5m""
    `);
  });

  it('for servers that cannot be', () => {
    expect(
      complaint(
        'servers:\n  "bad name": { replicas: [http://a/] }\n  twice: { replicas: [http://a/, http://a/] }\n  empty: { replicas: [] }\n  ftp: { replicas: [ftp://a/, "http://"] }\n  path: { path: mcp, replicas: [http://a/] }\n',
      ),
    ).toMatchInlineSnapshot(`
      "gateway.yaml:2:3: servers["bad name"] is not a usable name; expected a server name of 1 to 64 letters, digits, ".", "_" or "-", starting with a letter or digit
      gateway.yaml:3:12: servers.twice.replicas lists the same value twice, as entries 0 and 1
      gateway.yaml:4:12: servers.empty.replicas must not be empty; expected a list of URLs
      gateway.yaml:5:21: servers.ftp.replicas[0] is "ftp://a/"; expected an http or https URL, such as "http://127.0.0.1:3001/mcp"
      gateway.yaml:5:31: servers.ftp.replicas[1] is "http://"; expected an http or https URL, such as "http://127.0.0.1:3001/mcp"
      gateway.yaml:6:11: servers.path.path is "mcp"; expected a path that starts with "/", such as "/servers/weather/mcp""
    `);
  });

  it('for settings that contradict each other', () => {
    expect(
      complaint(
        'servers:\n  a: { path: /mcp, replicas: [http://u:p@h/] }\n  b:\n    replicas: [http://h/]\n    path: /mcp\n    health: { eject: 10s, maxEject: 5s }\n    timeouts: { connect: 0s, headers: 999999h }\n  c: { path: /servers/d/mcp, replicas: [http://h/] }\n  d: { replicas: [http://h/] }\nlimits: { body: 10B, headerTime: 2m }\n',
      ),
    ).toMatchInlineSnapshot(`
      "gateway.yaml:2:31: servers.a.replicas[0] carries a user name or password; credentials do not belong in the configuration file
      gateway.yaml:5:5: servers.b has the path "/mcp", which server "a" already has
      gateway.yaml:6:27: servers.b.health.maxEject is shorter than eject
      gateway.yaml:7:17: servers.b.timeouts.connect must be more than nothing
      gateway.yaml:7:30: servers.b.timeouts.headers is longer than 24 days
      gateway.yaml:9:3: servers.d has the path "/servers/d/mcp", which server "c" already has
      gateway.yaml:10:11: limits.body is 10B; expected a size from 1KiB to 1GiB
      gateway.yaml:10:22: limits.headerTime is longer than limits.requestTime, which includes it"
    `);
  });

  it('for an address that others can reach, unless it is said', () => {
    expect(complaint(`listen: { host: 0.0.0.0 }\n${SERVERS}`)).toMatchInlineSnapshot(`
      "gateway.yaml:1:11: listen.host "0.0.0.0" can be reached from other machines, and this gateway does not identify its callers; set identify, bind 127.0.0.1, or say "expose: true" under listen
      gateway.yaml:1:11: listen.host "0.0.0.0" needs allowedHosts: the host names clients use, or ["*"] for any"
    `);
    const listen = 'listen: { host: "::", expose: true }\nallowedHosts: ["*"]\n';
    expect(parseConfig(listen + SERVERS).plan.hosts).toBeUndefined();
    for (const host of ['127.0.0.1', '127.9.9.9', '"::1"', 'localhost', '"[::1]"']) {
      expect(parseConfig(`listen: { host: ${host} }\n${SERVERS}`).plan.loopbackOrigins).toBe(true);
    }
  });

  it('for what is not YAML, or not a mapping', () => {
    expect(complaint('servers:\n  a: [http://x/\n  b: 1\n')).toMatchInlineSnapshot(
      `"gateway.yaml:3:3: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]"`,
    );
    expect(complaint('servers:\n  a:\n   path: /mcp\n    replicas: [http://h/]\n')).toMatchInlineSnapshot(
      `"gateway.yaml:3:10: not valid YAML: Nested mappings are not allowed in compact mappings; is the next line indented too far?"`,
    );
    expect(complaint('servers: {}\nservers: {}\n')).toMatchInlineSnapshot(
      `"gateway.yaml:2:1: not valid YAML: Map keys must be unique"`,
    );
    expect(
      complaint('servers:\n  a: { x: 1, "x": [{ y: 1, y: 2 }] }\n  ? a\n  : 1\nz: [\n'),
    ).toMatchInlineSnapshot(`
      "gateway.yaml:2:14: not valid YAML: Map keys must be unique
      gateway.yaml:2:28: not valid YAML: Map keys must be unique
      gateway.yaml:3:5: not valid YAML: Map keys must be unique
      gateway.yaml:6:1: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]"
    `);
    expect(complaint('servers: { a: *t, b: &t { replicas: [http://h/] } }\n')).toMatchInlineSnapshot(
      `"gateway.yaml:1:15: not valid YAML: no anchor "&t" stands before this alias"`,
    );
    expect(complaint(`${SERVERS}---\n${SERVERS}`)).toMatchInlineSnapshot(
      `"gateway.yaml:4:1: not valid YAML: expected one document, not several"`,
    );
    expect(complaint('')).toMatchInlineSnapshot(
      `"gateway.yaml:1:1: the configuration is empty; expected a mapping with at least servers"`,
    );
    expect(complaint('- a\n')).toMatchInlineSnapshot(
      `"gateway.yaml:1:1: the configuration is a list; expected a mapping with at least servers"`,
    );
    expect(complaint('servers: { s: { replicas: [null] } }')).toMatchInlineSnapshot(
      `"gateway.yaml:1:28: servers.s.replicas[0] is empty; expected an http or https URL, such as "http://127.0.0.1:3001/mcp""`,
    );
  });

  it('for a file that would grow without bound', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'.split('').map((key, i) => `${key}: &${key} [${`*${'abcdefg'[i]},`.repeat(10)}]`),
    ];
    expect(complaint(bomb.join('\n'))).toMatch(/^gateway\.yaml: the file repeats too much through aliases/);
    expect(complaint(`#${'x'.repeat(4 * 1024 * 1024)}`)).toBe('gateway.yaml: the file is larger than 4 MiB');
  });

  it('in the order of the file, all of them at once, and as data', () => {
    try {
      parseConfig('b: 1\na: 1\n');
    } catch (error) {
      expect(error).toMatchObject({ code: 'CONFIG_INVALID', file: undefined });
      expect((error as ConfigError).problems.map(({ path, line, column }) => [path, line, column])).toEqual([
        [[], 1, 1],
        [['b'], 1, 1],
        [['a'], 2, 1],
      ]);
      return;
    }
    throw new Error('the configuration was accepted');
  });
});
