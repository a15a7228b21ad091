import type { RequestListener } from 'node:http';
import { META } from '@switchyard/wire';
import { describe, expect, it } from 'vitest';
import { ask, listenAt } from '../test/federation.ts';
import { federationOf, memberServer, serveMember } from '../test/members.ts';
import { upstream } from '../test/support.ts';

/** Answers every list with that result, and every stream with those notifications after its acknowledgement. */
function saying(result: object, notifications: readonly string[] = []): RequestListener {
  return (req, res) => {
    req.resume();
    if (req.headers['mcp-method'] === 'subscriptions/listen') {
      const all = ['notifications/subscriptions/acknowledged', ...notifications];
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write(all.map((method) => `data: ${JSON.stringify(told(method))}\n\n`).join(''));
      return;
    }
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result: { resultType: 'complete', ...result } }));
  };
}

function told(method: string): object {
  const lists = { toolsListChanged: true, promptsListChanged: true };
  const notifications = method.endsWith('acknowledged') ? { notifications: lists } : {};
  return { jsonrpc: '2.0', method, params: { ...notifications, _meta: { [META.subscriptionId]: 1 } } };
}

describe('a federation with a member that means harm', () => {
  it('lacks only what that member has where its cursors are too long to be sealed', async () => {
    const honest = await serveMember(memberServer('honest'));
    const tools = [{ name: 'x', inputSchema: { type: 'object' } }];
    const hostile = await upstream(saying({ tools, nextCursor: 'c'.repeat(2 * 1024 * 1024) }));
    const { url } = await federationOf({ a: honest.url, b: hostile.url });
    const { status, json } = await ask(url, 'tools/list');
    expect(status).toBe(200);
    expect(json.result.tools.map(({ name }: { name: string }) => name)).toContain('a__who');
    expect(json.result._meta['dev.switchyard/missing']).toEqual([{ server: 'b', why: 'invalid' }]);
  });

  it('shows nothing unscreened where that member says that its list asks for input', async () => {
    const honest = await serveMember(memberServer('honest'));
    const tools = [{ name: 'pay\u200b', inputSchema: { type: 'object' } }];
    const hostile = await upstream(saying({ resultType: 'input_required', inputRequests: {}, tools }));
    const { url } = await federationOf({ a: honest.url, b: hostile.url }, { integrity: {} });
    const { tools: merged, _meta } = (await ask(url, 'tools/list')).json.result;
    const servers = merged.map(({ name }: { name: string }) => name.split('__')[0]);
    expect([...new Set(servers)]).toEqual(['a']);
    expect(_meta['dev.switchyard/missing']).toEqual([{ server: 'b', why: 'invalid' }]);
    const own = await ask(url, 'tools/list', {}, { path: '/servers/b/mcp' });
    expect(own.json.result.tools).toEqual([]);
  });

  it('tells listeners once of what is told a thousand times over', async () => {
    const flood = Array.from({ length: 1000 }, () => 'notifications/tools/list_changed');
    const hostile = await upstream(saying({}, [...flood, 'notifications/prompts/list_changed']));
    const { url } = await federationOf({ a: hostile.url });
    const stream = await listenAt(url, { toolsListChanged: true, promptsListChanged: true });
    const methods: (string | undefined)[] = [];
    while (methods.at(-1) !== 'notifications/prompts/list_changed')
      methods.push((await stream.next()).method);
    const times = methods.filter((method) => method === 'notifications/tools/list_changed').length;
    expect([times >= 1, times <= 2]).toEqual([true, true]);
  });

  it('shows none of them a key that can only be meant for one, which gets it on its own path', async () => {
    const ups = await Promise.all([upstream(saying({ tools: [] })), upstream(saying({ tools: [] }))]);
    const { url } = await federationOf({ a: ups[0].url, b: ups[1].url });
    const headers = { 'x-api-key': 'planted' };
    await ask(url, 'tools/list', {}, { headers });
    await ask(url, 'tools/call', { name: 'a__x', arguments: {} }, { headers });
    await listenAt(url, { toolsListChanged: true }, { headers });
    expect(ups.map(({ seen }) => seen.length).every((requests) => requests >= 2)).toBe(true);
    expect(JSON.stringify(ups.map(({ seen }) => seen))).not.toContain('planted');
    await ask(url, 'tools/list', {}, { headers, path: '/servers/a/mcp' });
    expect(ups[0].seen.at(-1)?.headers['x-api-key']).toBe('planted');
  });
});
