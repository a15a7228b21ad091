import type { Server, ServerOptions } from '@switchyard/server';
import { createServer } from '@switchyard/server';
import { expect, it } from 'vitest';
import { turn, until } from '../../support/environment.ts';
import type { Build } from '../../support/matrix.ts';
import { everywhere, overHttp } from '../../support/matrix.ts';
import type { Peer } from '../../support/peer.ts';

const make =
  (define: (server: Server) => unknown, more: ServerOptions = {}): Build =>
  (options) => {
    const server = createServer({ name: 'definitions', version: '1.0.0' }, { ...options, ...more });
    define(server);
    return server;
  };

const names = async (peer: Peer): Promise<string[]> => {
  const { result } = await peer.call('tools/list');
  return (result['tools'] as { name: string }[]).map(({ name }) => name); // held to the schema
};

const point = (required: string[]) => ({
  type: 'object',
  properties: { x: { type: 'number' }, y: { type: 'number' } },
  required,
});

everywhere('definitions', (start) => {
  it('that change at run time serve the next request, and keep their place', async () => {
    const registered: { update(required: string[], text: string): void; remove(): void }[] = [];
    const peer = await start(
      make((server) => {
        for (const name of ['a', 'b', 'c']) {
          const tool = server.registerTool(name, { inputSchema: point(['x']) }, () => name);
          registered.push({
            remove: tool.remove,
            update: (required, text) => tool.update({ inputSchema: point(required) }, () => text),
          });
        }
      }),
    );
    const call = (args: object) => peer.call('tools/call', { name: 'b', arguments: args });
    for (const server of peer.servers) await server.ready();
    expect((await call({ x: 1 })).result).toMatchObject({ content: [{ text: 'b' }] });
    for (const [index, { update }] of registered.entries()) if (index % 3 === 1) update(['y'], 'new');
    expect((await call({ x: 1 })).result['isError']).toBe(true);
    expect((await call({ y: 1 })).result).toMatchObject({ content: [{ text: 'new' }] });
    expect(await names(peer)).toEqual(['a', 'b', 'c']);
    for (const [index, { remove }] of registered.entries()) if (index % 3 === 0) remove();
    expect(await names(peer)).toEqual(['b', 'c']);
    for (const server of peer.servers) server.registerTool('a', {}, () => 'again');
    expect(await names(peer)).toEqual(['b', 'c', 'a']);
  });

  it('that are not sound change nothing', async () => {
    const peer = await start(make((server) => server.registerTool('t', {}, () => 'good')));
    for (const server of peer.servers) {
      await server.ready();
      const other = server.registerTool('u', {}, () => 'good');
      const bad = { inputSchema: { type: 'string' } };
      expect(() => server.registerTool('bad', bad, () => 'x')).toThrow(TypeError);
      expect(() => other.update(bad as never, () => 'x')).toThrow(TypeError);
      other.remove();
      expect(() => other.update({}, () => 'x')).toThrow(TypeError);
      other.remove();
    }
    expect(await names(peer)).toEqual(['t']);
    expect((await peer.call('tools/call', { name: 't' })).result).toMatchObject({
      content: [{ text: 'good' }],
    });
  });

  it('of a request under way are the ones that it started with', async () => {
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    let started = 0;
    const tools: { remove(): void }[] = [];
    const peer = await start(
      make((server) => {
        const outputSchema = { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] };
        tools.push(
          server.registerTool('slow', { outputSchema }, async () => {
            started += 1;
            await gate;
            return { structuredContent: { n: 1 } };
          }),
        );
      }),
    );
    const answer = peer.call('tools/call', { name: 'slow' });
    await until(() => started === 1);
    for (const tool of tools) tool.remove();
    for (const server of peer.servers) server.registerTool('slow', {}, () => 'the other');
    const next = await peer.call('tools/call', { name: 'slow' }, { id: 2 });
    expect(next.result).toMatchObject({ content: [{ text: 'the other' }] });
    go();
    expect((await answer).result).toMatchObject({ structuredContent: { n: 1 } });
  });

  it('that change many times at once are compiled together, and told of once', async () => {
    const peer = await start(make((server) => server.registerTool('t0', {}, () => 'x')));
    for (const server of peer.servers) await server.ready();
    const stream = await peer.open(
      'subscriptions/listen',
      { notifications: { toolsListChanged: true } },
      { id: 5 },
    );
    await stream.next();
    for (let index = 1; index <= 50; index += 1) peer.server.registerTool(`t${index}`, {}, () => 'x');
    expect(await stream.next()).toMatchObject({ method: 'notifications/tools/list_changed' });
    await peer.server.ready();
    await turn();
    peer.server.notify.toolsChanged();
    peer.server.notify.toolsChanged();
    const more = [await stream.next(), await stream.next()];
    expect(more.map(({ method }) => method)).toEqual(Array(2).fill('notifications/tools/list_changed'));
    stream.leave();
  });
});

overHttp('definitions', (start) => {
  it('that come while others are being compiled are there for the next request [TOOL-004]', async () => {
    const peer = await start(make((server) => server.registerTool('t0', {}, () => 'x')));
    for (const server of peer.servers) await server.ready();
    const lists: Promise<string[]>[] = [];
    const tools = 24;
    for (let index = 1; index < tools; index += 1) {
      for (const server of peer.servers) {
        server.registerTool(`t${index}`, { inputSchema: point(['x']) }, () => 'x');
      }
      for (let ticks = 0; ticks < index; ticks += 1) await Promise.resolve();
      lists.push(names(peer));
    }
    const all = Array.from({ length: tools }, (_, index) => `t${index}`);
    for (const [index, list] of (await Promise.all(lists)).entries()) {
      expect(list.slice(0, index + 2)).toEqual(all.slice(0, index + 2));
    }
  });

  it('that can be compiled again after some that cannot are served again', async () => {
    const peer = await start(make((server) => server.registerTool('t', {}, () => 'x')));
    for (const server of peer.servers) {
      await server.ready();
      const bad = { '~standard': { version: 1, vendor: 'bad', validate: () => ({ value: {} }) } } as never;
      server.registerExtension({
        id: 'com.example/bad',
        methods: { 'bad/do': { params: bad, handler: () => ({}) } },
      });
      await expect(server.ready()).rejects.toThrow('Standard JSON Schema');
      server.registerTool('u', {}, () => 'x');
      await expect(server.ready()).rejects.toThrow('Standard JSON Schema');
    }
    expect(await names(peer)).toEqual(['t']);
    expect(peer.errors.splice(0).length).toBe(peer.servers.length * 2);
  });

  it('that never could be compiled are answered with 500, and without a word of why', async () => {
    const bad = { '~standard': { version: 1, vendor: 'SECRET', validate: () => ({ value: {} }) } } as never;
    const server = createServer(
      { name: 'definitions', version: '1.0.0' },
      { onError: () => undefined, onWarning: () => undefined },
    );
    server.registerExtension({
      id: 'com.example/bad',
      methods: { 'bad/do': { params: bad, handler: () => ({}) } },
    });
    const response = await server.fetch(new Request('http://127.0.0.1/mcp', { method: 'POST', body: '{}' }));
    expect(response.status).toBe(500);
    expect(await response.text()).not.toMatch(/SECRET|Schema/);
    await expect(server.ready()).rejects.toThrow();
  });
});
