import type { EraMemory } from '@switchyard/client';
import { ClientError, createClient, eraMemory } from '@switchyard/client';
import { describe, expect, it } from 'vitest';
import type { Script } from './scripted.ts';
import { Answered, FakeClock, scripted, turns } from './scripted.ts';

const ADDRESS = 'http://scripted/mcp';
const DONE = { content: [] };
const MODERN = { supportedVersions: ['2026-07-28'], capabilities: {}, ttlMs: 0, cacheScope: 'private' };

function setUp(script: Script, options: { eras?: EraMemory; transport?: 'http' | 'stdio' } = {}) {
  const eras = options.eras ?? eraMemory();
  const environment = new FakeClock();
  const { link, received } = scripted(script, options.transport);
  const client = createClient({ link, environment, eras, timeouts: { retries: 0 } });
  const methods = () => received.map(({ method }) => method);
  return { client, eras, environment, methods };
}

/** What servers of the era before really answer to a request of this one. */
const LEGACY_ANSWERS = [
  ['400 -32000', () => new Answered(-32000, { status: 400 })],
  ['404 -32601', () => new Answered(-32601, { status: 404 })],
  ['404 text', () => new ClientError('http-status', 'no', { status: 404 })],
  ['405', () => new ClientError('http-status', 'no', { status: 405 })],
] as const;

describe('the era of a server', () => {
  it.each(LEGACY_ANSWERS)(
    'is legacy where it answers %s to everything, and is asked no more for a while [VER-009]',
    async (_, answer) => {
      const { client, eras, environment, methods } = setUp(() => {
        throw answer();
      });
      await expect(client.callTool('t')).rejects.toMatchObject({ code: 'legacy-server', mayHaveRun: false });
      expect(methods()).toEqual(['tools/call', 'server/discover']);
      expect(eras.get(ADDRESS)).toMatchObject({ era: 'legacy' });
      await expect(client.callTool('t')).rejects.toMatchObject({ code: 'legacy-server' });
      expect(methods()).toHaveLength(2);
      await environment.pass(5 * 60_000);
      await expect(client.callTool('t')).rejects.toMatchObject({ code: 'legacy-server' });
      expect(methods()).toEqual(['tools/call', 'server/discover', 'server/discover']);
    },
  );

  it('is modern where it says what only modern servers say, and then is no more in doubt', async () => {
    let turn = 0;
    const { client, eras, methods } = setUp(() => {
      turn += 1;
      if (turn === 1) return DONE;
      throw new Answered(-32601, { status: 404 });
    });
    await client.callTool('t');
    expect(eras.get(ADDRESS)).toMatchObject({ era: 'modern' });
    await expect(client.callTool('t')).rejects.toMatchObject({ code: -32601 });
    expect(methods()).toEqual(['tools/call', 'tools/call']);
  });

  it('is not seen in a success that tells no type [BASE-057]', async () => {
    const { client, eras } = setUp(() => ({ ...DONE, resultType: undefined }));
    await client.callTool('t');
    expect(eras.get(ADDRESS)).toBeUndefined();
  });

  it('is asked for where an unknown method leaves it open, and the call is not sent again', async () => {
    const { client, eras, methods } = setUp(({ method }) => {
      if (method === 'server/discover') return MODERN;
      throw new Answered(-32601, { status: 404 });
    });
    await expect(client.callTool('t')).rejects.toMatchObject({ code: -32601 });
    expect(methods()).toEqual(['tools/call', 'server/discover']);
    expect(eras.get(ADDRESS)).toMatchObject({ era: 'modern' });
  });

  it.each([401, 403, 429, 500, 503])('is not judged by a %s', async (status) => {
    const { client, eras } = setUp(() => {
      throw new ClientError('http-status', 'no', { status });
    });
    await expect(client.callTool('t')).rejects.toMatchObject({ code: 'http-status', status });
    expect(eras.get(ADDRESS)).toBeUndefined();
  });

  it.each(['network', 'timeout', 'interrupted'] as const)(
    'is not judged by an error of the kind %s',
    async (code) => {
      const { client, eras } = setUp(({ method }) => {
        if (method === 'server/discover') throw new ClientError(code, 'no');
        throw new Answered(-32000, { status: 400 });
      });
      await expect(client.callTool('t')).rejects.toMatchObject({ code: -32000 });
      expect(eras.get(ADDRESS)).toBeUndefined();
    },
  );

  it('is corrected when the verdict proves wrong, either way', async () => {
    const wrong = eraMemory({ [ADDRESS]: { era: 'legacy', at: 0 } });
    const upgraded = setUp(({ method }) => (method === 'server/discover' ? MODERN : DONE), { eras: wrong });
    await upgraded.client.callTool('t');
    expect(upgraded.methods()).toEqual(['server/discover', 'tools/call']);
    expect(wrong.get(ADDRESS)).toMatchObject({ era: 'modern' });
    const replaced = setUp(
      () => {
        throw new ClientError('http-status', 'no', { status: 404 });
      },
      { eras: wrong },
    );
    await expect(replaced.client.callTool('t')).rejects.toMatchObject({ code: 'legacy-server' });
    expect(replaced.methods()).toEqual(['tools/call', 'server/discover']);
    expect(wrong.get(ADDRESS)).toMatchObject({ era: 'legacy' });
  });

  it('survives being written down [VER-009]', () => {
    const eras = eraMemory();
    eras.set('a', { era: 'modern', at: 5 });
    expect(eraMemory(JSON.parse(JSON.stringify(eras))).get('a')).toEqual({ era: 'modern', at: 5 });
    expect(() => eraMemory({ a: JSON.parse('{"era":"new"}') })).toThrow(TypeError);
  });

  it('is asked for first over stdio, once for all who call [VER-010]', async () => {
    const { client, methods } = setUp(({ method }) => (method === 'server/discover' ? MODERN : DONE), {
      transport: 'stdio',
    });
    await Promise.all([client.callTool('a'), client.callTool('b')]);
    await client.callTool('c');
    expect(methods()).toEqual(['server/discover', 'tools/call', 'tools/call', 'tools/call']);
  });

  it('keeps a call from a legacy process, whatever its error, and from a silent one [VER-010] [STDIO-016]', async () => {
    for (const code of [-32601, -32602, -32000]) {
      const { client, methods } = setUp(
        () => {
          throw new Answered(code);
        },
        { transport: 'stdio' },
      );
      await expect(client.callTool('t')).rejects.toMatchObject({ code: 'legacy-server' });
      expect(methods()).toEqual(['server/discover']);
    }
    const silent = setUp(
      ({ wire }) =>
        new Promise((_, reject) => wire.signal?.addEventListener('abort', () => reject(wire.signal?.reason))),
      { transport: 'stdio' },
    );
    const call = silent.client.callTool('t');
    const refused = expect(call).rejects.toMatchObject({ code: 'legacy-server' });
    await silent.environment.pass(10_000);
    await refused;
    expect(silent.eras.toJSON()).toEqual({});
  });
});

describe('a call that waits for the era to be known', () => {
  const NEVER: Script = ({ method, wire }) => {
    if (method !== 'server/discover') throw new Answered(-32601, { status: 404 });
    return new Promise((_, reject) =>
      wire.signal?.addEventListener('abort', () => reject(wire.signal?.reason)),
    );
  };

  it('ends with its limit of time, and another goes on to wait', async () => {
    const { client, environment, methods } = setUp(NEVER, { transport: 'stdio' });
    const short = expect(client.callTool('a', {}, { timeoutMs: 1000 })).rejects.toMatchObject({
      code: 'timeout',
    });
    const long = expect(client.callTool('b')).rejects.toMatchObject({ code: 'legacy-server' });
    await environment.pass(1000);
    await short;
    expect(environment.nextIn).toBe(9000);
    await environment.pass(9000);
    await long;
    expect(methods()).toEqual(['server/discover']);
  });

  it('ends with its signal', async () => {
    for (const [transport, mayHaveRun, sent] of [
      ['stdio', false, 1],
      ['http', true, 2],
    ] as const) {
      const { client, methods } = setUp(NEVER, { transport });
      const leaving = new AbortController();
      const call = client.callTool('t', {}, { signal: leaving.signal });
      const refused = expect(call).rejects.toMatchObject({ code: 'aborted', mayHaveRun });
      await turns();
      expect(methods()).toHaveLength(sent);
      leaving.abort();
      await refused;
    }
  });
});

describe('the revision', () => {
  const refusal = (supported: unknown) => new Answered(-32022, { status: 400, data: { supported } });

  it('is agreed on after a refusal, once [VER-006]', async () => {
    const { client, methods } = setUp((_, turn) => {
      if (turn === 1) throw refusal(['2026-07-28', '2025-11-25']);
      return DONE;
    });
    await client.callTool('t');
    expect(methods()).toEqual(['tools/call', 'tools/call']);
    const stubborn = setUp(() => {
      throw refusal(['2026-07-28']);
    });
    await expect(stubborn.client.callTool('t')).rejects.toMatchObject({ code: 'unsupported-version' });
    expect(stubborn.methods()).toHaveLength(2);
  });

  it.each([[['2030-01-01']], [[]], ['2026-07-28'], [undefined], [[4]]])(
    'is named where there is none in common: %j [VER-006]',
    async (supported) => {
      const { client, methods } = setUp(() => {
        throw refusal(supported);
      });
      await expect(client.callTool('t')).rejects.toMatchObject({ code: 'unsupported-version' });
      expect(methods()).toHaveLength(1);
    },
  );
});
