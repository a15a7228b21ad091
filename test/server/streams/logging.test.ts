import type { RequestContext } from '@switchyard/server';
import { createServer } from '@switchyard/server';
import type { LoggingLevel } from '@switchyard/wire';
import { expect, it } from 'vitest';
import type { BaseOptions } from '../../support/matrix.ts';
import { everywhere } from '../../support/matrix.ts';

const LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] as const;

/** Builds a server with one tool, `work`, that may log. */
const logging =
  (handler: (ctx: RequestContext) => void, more: object = {}) =>
  (options: BaseOptions) => {
    const server = createServer(
      { name: 'logging', version: '1.0.0' },
      { ...options, logging: true, ...more },
    );
    server.registerTool('work', {}, (ctx) => {
      handler(ctx);
      return 'done';
    });
    return server;
  };

const everyLevel = (ctx: RequestContext): void => {
  for (const level of LEVELS) ctx.log(level, `at ${level}`, 'test');
};

everywhere('logging', (start) => {
  it('is declared, and warned about once as deprecated [LOG-001] [DEPR-001] [DEPR-002]', async () => {
    const peer = await start(logging(everyLevel));
    const { result } = await peer.call('server/discover');
    expect(result).toMatchObject({ capabilities: { logging: {} } });
    await peer.call('tools/call', { name: 'work' }, { id: 2 });
    await peer.call('tools/call', { name: 'work' }, { id: 3 });
    await peer.call('tools/call', { name: 'work' }, { id: 4 });
    const warnings = new Set(peer.warnings);
    expect([...warnings]).toHaveLength(1);
    expect([...warnings][0]).toMatch(/deprecated.*2026-07-28.*2027-07-28/s);
    expect(peer.warnings.length).toBeLessThanOrEqual(peer.servers.length);
  });

  it('sends nothing where it is not declared [LOG-001]', async () => {
    const peer = await start(logging(everyLevel, { logging: false }));
    const answer = await peer.call('tools/call', { name: 'work' }, { logLevel: 'debug' });
    expect(answer.messages).toHaveLength(1);
    expect((await peer.call('server/discover', {}, { id: 2 })).result['capabilities']).not.toHaveProperty(
      'logging',
    );
  });

  it('sends nothing to a request that asked for no level [LOG-002]', async () => {
    const peer = await start(logging(everyLevel));
    const answer = await peer.call('tools/call', { name: 'work' });
    expect(answer.messages).toHaveLength(1);
  });

  it.each(LEVELS)('sends what is at %s or above [LOG-003] [LOG-010] [LOG-011]', async (logLevel) => {
    const peer = await start(logging(everyLevel));
    const answer = await peer.call('tools/call', { name: 'work' }, { logLevel });
    const sent = answer.notifications.map(({ method, params }) => ({ method, params }));
    const expected = LEVELS.slice(LEVELS.indexOf(logLevel)).map((level) => ({
      method: 'notifications/message',
      params: { level, logger: 'test', data: `at ${level}` },
    }));
    expect(sent).toEqual(expected);
  });

  it.each(['verbose', 7, null, {}])(
    'refuses a request that asks for the level %j [LOG-004]',
    async (logLevel) => {
      const peer = await start(logging(everyLevel));
      const answer = await peer.call('tools/call', { name: 'work' }, { logLevel });
      expect(answer.code).toBe(-32602);
    },
  );

  it('refuses a level that is none from the handler too [LOG-010]', async () => {
    const peer = await start(logging((ctx) => ctx.log('loud' as LoggingLevel, 'x')));
    const answer = await peer.call('tools/call', { name: 'work' }, { logLevel: 'debug' });
    expect(answer.notifications).toEqual([]);
    expect(answer.result).toMatchObject({ isError: true });
    expect(peer.errors.splice(0)[0]?.error).toBeInstanceOf(TypeError);
  });

  it('never logs by itself, not even when a handler fails [LOG-008] [LOG-009]', async () => {
    const peer = await start(
      logging(() => {
        throw new Error('a secret');
      }),
    );
    const answer = await peer.call('tools/call', { name: 'work' }, { logLevel: 'debug' });
    expect(answer.notifications).toEqual([]);
    expect(answer.text).not.toContain('secret');
    expect(peer.errors.splice(0)).toHaveLength(1);
  });

  it('limits how many go out in a second [LOG-005]', async () => {
    const flood = (ctx: RequestContext): void => {
      for (let i = 0; i < 100; i += 1) ctx.log('info', i);
    };
    const peer = await start(logging(flood, { limits: { notificationsPerSecond: 5 } }));
    const answer = await peer.call('tools/call', { name: 'work' }, { logLevel: 'info' });
    expect(answer.notifications).toHaveLength(5);
  });
});
