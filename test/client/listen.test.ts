import type { ClientOptions, SubscriptionEvent, WireRequest } from '@switchyard/client';
import { ClientError, createClient } from '@switchyard/client';
import type { SubscriptionFilter } from '@switchyard/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { subject } from '../interop/subject.ts';
import { WAYS, withClient } from './fixture.ts';
import { Answered, FakeClock, scripted, turns } from './scripted.ts';

const ALL: SubscriptionFilter = {
  toolsListChanged: true,
  promptsListChanged: true,
  resourcesListChanged: true,
  resourceSubscriptions: ['test://note'],
};

describe.each(WAYS)('a subscription $name', (way) => {
  it('tells of changes, and drops from the cache what they make stale [BASE-052]', async () => {
    const server = subject();
    await withClient(way, [server], async (client) => {
      const subscription = client.listen(ALL);
      expect(await subscription.ready).toBe('open');
      expect(subscription.agreed).toEqual(ALL);
      expect((await client.listTools()).tools).toHaveLength(5);
      server.registerTool('late', {}, () => 'late');
      const events = subscription[Symbol.asyncIterator]();
      expect(await events.next()).toEqual({ done: false, value: { type: 'toolsListChanged' } });
      expect((await client.listTools()).tools).toHaveLength(6);
      server.notify.resourceUpdated('test://note');
      expect((await events.next()).value).toEqual({ type: 'resourceUpdated', uri: 'test://note' });
      await subscription.close();
      expect(await events.next()).toEqual({ done: true, value: undefined });
      expect(subscription.status).toBe('closed');
    });
    await server.close({ timeoutMs: 0 });
  });
});

describe('a subscription', () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  /** A server whose streams a test holds in its hands. */
  function setUp(refuse?: (turn: number) => void, more: Omit<ClientOptions, 'link'> = {}) {
    const environment = new FakeClock();
    const streams: Stream[] = [];
    const { link, received } = scripted(({ wire, method }, turn) => {
      if (method !== 'subscriptions/listen') return { tools: [], ttlMs: 60_000, cacheScope: 'private', turn };
      refuse?.(turn);
      return new Promise((resolve, reject) => {
        const stream = new Stream(wire, resolve, reject);
        streams.push(stream);
      });
    });
    const client = createClient({ link, environment, ...more });
    open.push(client);
    const events: SubscriptionEvent[] = [];
    const statuses: string[] = [];
    const listen = (filter: SubscriptionFilter = ALL, options = {}) => {
      const subscription = client.listen(filter, options);
      subscription.on('event', (event) => events.push(event));
      subscription.on('status', (status) => statuses.push(status));
      return subscription;
    };
    return { client, environment, streams, received, listen, events, statuses };
  }

  it('hears nothing before the acknowledgement, of another stream, or that was not asked for', async () => {
    const { listen, streams, events } = setUp();
    listen({ toolsListChanged: true });
    await turns();
    const [stream] = streams;
    stream?.send('notifications/tools/list_changed');
    stream?.acknowledge({ toolsListChanged: true });
    stream?.send('notifications/prompts/list_changed');
    stream?.send('notifications/resources/updated', { uri: 'test://note' });
    stream?.send('notifications/tools/list_changed', {}, 999);
    expect(events).toEqual([]);
    stream?.send('notifications/tools/list_changed');
    expect(events).toEqual([{ type: 'toolsListChanged' }]);
  });

  it('mends itself after a drop, with longer pauses, and says that something may be missed', async () => {
    const { listen, streams, environment, events, statuses, client } = setUp();
    environment.chance = 0.5;
    const subscription = listen();
    await turns();
    streams[0]?.acknowledge();
    const page = (await client.listToolsPage())['turn'];
    streams[0]?.drop();
    await turns();
    expect(subscription.status).toBe('waiting');
    await environment.pass(374);
    expect(streams).toHaveLength(1);
    await environment.pass(1);
    expect(streams).toHaveLength(2);
    streams[1]?.drop();
    await environment.pass(375);
    expect(streams).toHaveLength(2);
    await environment.pass(375);
    expect(streams).toHaveLength(3);
    streams[2]?.acknowledge();
    expect(events).toEqual([{ type: 'missed' }]);
    expect(statuses).toEqual(['open', 'waiting', 'waiting', 'open']);
    expect((await client.listToolsPage())['turn']).not.toBe(page);
  });

  it('listens again after a graceful end', async () => {
    const { listen, streams, environment } = setUp();
    listen();
    await turns();
    streams[0]?.acknowledge();
    streams[0]?.end();
    await environment.pass(500);
    expect(streams).toHaveLength(2);
  });

  it('does not listen again where the server knows none of what it names, and has ended the stream', async () => {
    const { listen, streams, environment, statuses } = setUp();
    const subscription = listen({ resourceSubscriptions: ['test://gone'] });
    await turns();
    streams[0]?.acknowledge({ resourceSubscriptions: [] });
    streams[0]?.end();
    await environment.pass(60_000);
    expect([streams.length, statuses]).toEqual([1, ['open', 'closed']]);
    expect(await subscription[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined });
  });

  it('takes a silent stream for lost, and a keep-alive for life', async () => {
    const { listen, streams, environment } = setUp();
    listen(ALL, { silenceMs: 1000 });
    await turns();
    streams[0]?.acknowledge();
    await environment.pass(900);
    streams[0]?.wire.alive?.();
    await environment.pass(900);
    expect(streams).toHaveLength(1);
    await environment.pass(1000);
    expect(streams).toHaveLength(2);
  });

  it('does not wait for ever to be acknowledged', async () => {
    const { listen, streams, environment } = setUp();
    listen(ALL, { acknowledgeMs: 1000 });
    await environment.pass(2000);
    expect(streams).toHaveLength(2);
  });

  it('ends quietly where the server has none, and keeps to what results say', async () => {
    const { listen, client, received } = setUp(() => {
      throw new Answered(-32601, { status: 200 });
    });
    await client.listTools();
    const subscription = listen();
    expect(await subscription.ready).toBe('unsupported');
    const heard: SubscriptionEvent[] = [];
    for await (const event of subscription) heard.push(event);
    expect(heard).toEqual([]);
    await client.listTools();
    expect(received.filter(({ method }) => method === 'tools/list')).toHaveLength(1);
  });

  it('fails where nothing will mend it', async () => {
    const { listen } = setUp(() => {
      throw new ClientError('http-status', 'no', { status: 401 });
    });
    const subscription = listen();
    expect(await subscription.ready).toBe('failed');
    await expect(subscription[Symbol.asyncIterator]().next()).rejects.toMatchObject({ status: 401 });
  });

  it('holds no more than a slow reader needs', async () => {
    const { listen, streams } = setUp();
    const subscription = listen();
    await turns();
    streams[0]?.acknowledge();
    for (let i = 0; i < 5000; i += 1) {
      streams[0]?.send('notifications/tools/list_changed');
      streams[0]?.send('notifications/resources/updated', { uri: `test://note/${i}` });
    }
    const events = subscription[Symbol.asyncIterator]();
    expect((await events.next()).value).toEqual({ type: 'missed' });
    await subscription.close();
    let rest = 0;
    while ((await events.next()).done !== true) rest += 1;
    expect(rest).toBeLessThanOrEqual(1001);
  });

  it('ends with its signal, and leaves no timer', async () => {
    const { listen, streams, environment } = setUp();
    const controller = new AbortController();
    const subscription = listen(ALL, { signal: controller.signal });
    await turns();
    streams[0]?.acknowledge();
    controller.abort();
    await turns();
    expect(subscription.status).toBe('closed');
    expect(streams[0]?.wire.signal?.aborted).toBe(true);
    expect(environment.timers).toBe(0);
  });

  it('is not harmed by a listener that fails', async () => {
    const { listen, streams, events } = setUp();
    const subscription = listen();
    subscription.on('event', () => {
      throw new Error('mine');
    });
    await turns();
    streams[0]?.acknowledge();
    streams[0]?.send('notifications/tools/list_changed');
    streams[0]?.send('notifications/prompts/list_changed');
    expect(events).toHaveLength(2);
  });

  it('is not harmed by an extension that fails to hear', async () => {
    const warnings: string[] = [];
    const failing = {
      id: 'org.example/failing',
      notifications: {
        'notifications/later': () => {
          throw new Error('theirs');
        },
      },
    };
    const { listen, streams, events } = setUp(undefined, {
      extensions: [failing],
      onWarning: (text) => warnings.push(text),
    });
    listen();
    await turns();
    streams[0]?.acknowledge();
    streams[0]?.send('notifications/later');
    streams[0]?.send('notifications/tools/list_changed');
    expect(events.map(({ type }) => type)).toEqual(['notification', 'toolsListChanged']);
    expect(warnings).toEqual([expect.stringContaining('theirs')]);
  });
});

class Stream {
  readonly wire: WireRequest;
  readonly end: () => void;
  readonly #reject: (error: unknown) => void;

  constructor(
    wire: WireRequest,
    resolve: (result: Readonly<Record<string, unknown>>) => void,
    reject: (error: unknown) => void,
  ) {
    this.wire = wire;
    this.end = () => resolve({});
    this.#reject = reject;
    wire.signal?.addEventListener('abort', () => reject(wire.signal?.reason));
  }

  acknowledge(notifications: SubscriptionFilter = ALL): void {
    this.send('notifications/subscriptions/acknowledged', { notifications });
  }

  send(method: string, params: object = {}, id: number = this.wire.id): void {
    const _meta = { 'io.modelcontextprotocol/subscriptionId': id };
    this.wire.notify?.({ jsonrpc: '2.0', method, params: { ...params, _meta } });
  }

  drop(): void {
    this.#reject(new ClientError('interrupted', 'dropped', { mayHaveRun: true }));
  }
}
