import { expect, test } from 'vitest';
import { createEverything } from '../../examples/everything/src/everything.ts';
import { adminBearer } from '../../examples/everything/src/identity.ts';
import { everywhere, overHttp } from '../support/matrix.ts';
import type { Peer } from '../support/peer.ts';

const ASKABLE = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} };

/** Arguments for what cannot do without; everything else is called with none. */
const ARGUMENTS: Readonly<Record<string, Record<string, unknown>>> = {
  convert_temperature: { celsius: 20 },
  greet: { name: 'Ada' },
  slow_compute: { seconds: 0 },
  json_schema_2020_12_tool: { name: 'Ada', contactMethod: 'phone', phone: '1' },
  count_down: { from: 2, everyMs: 1 },
  visit_page: { url: 'https://example.com/form' },
  test_prompt_with_arguments: { arg1: 'hello', arg2: 'world' },
  test_prompt_with_embedded_resource: { resourceUri: 'test://some' },
};

/** What is refused to callers who do not know tasks. */
const TASKS_ONLY: ReadonlySet<string> = new Set(['failing_job', 'test_tool_with_task']);

everywhere('the everything server', (start) => {
  test('does something with every tool, prompt and resource it lists', async () => {
    const peer = await start(createEverything);
    for (const name of await listed(peer, 'tools/list', 'tools', 'name')) {
      const call = { name, arguments: ARGUMENTS[name] ?? {} };
      const { result, why, code } = await peer.call('tools/call', call, { capabilities: ASKABLE });
      if (TASKS_ONLY.has(name) || name === 'protocol_error_job') {
        expect([name, code]).toEqual([name, TASKS_ONLY.has(name) ? -32021 : -32603]);
        continue;
      }
      expect([name, result['isError'] ?? false, why]).toEqual([name, name === 'test_error_handling', '']);
    }
    for (const name of await listed(peer, 'prompts/list', 'prompts', 'name')) {
      const get = { name, arguments: ARGUMENTS[name] ?? {} };
      expect([name, (await peer.call('prompts/get', get, { capabilities: ASKABLE })).why]).toEqual([
        name,
        '',
      ]);
    }
    for (const uri of await listed(peer, 'resources/list', 'resources', 'uri')) {
      expect([uri, (await peer.call('resources/read', { uri })).why]).toEqual([uri, '']);
    }
  });

  test('keeps a drawn number while the user makes up their mind', async () => {
    const peer = await start(createEverything);
    const options = { capabilities: ASKABLE };
    const asked = await peer.call('tools/call', { name: 'draw_ticket', arguments: {} }, options);
    const { inputRequests, requestState } = asked.result;
    const [key = ''] = Object.keys(inputRequests ?? {});
    const drawn = /You drew (\d+)/.exec(asked.text)?.[1];
    const inputResponses = { [key]: { action: 'accept', content: { keep: true } } };
    const retry = { name: 'draw_ticket', arguments: {}, inputResponses, requestState };
    for (const id of [2, 3]) {
      const done = await peer.call('tools/call', retry, { ...options, id });
      expect(done.result['content']).toEqual([{ type: 'text', text: `Ticket ${drawn} is yours.` }]);
    }
  });

  test('tells how far it is, and stops when the caller goes away', async () => {
    const peer = await start(createEverything);
    const short = { name: 'count_down', arguments: { from: 3, everyMs: 1 } };
    const { notifications } = await peer.call('tools/call', short, { progressToken: 'p' });
    expect(notifications.map(({ params }) => [params?.['progress'], params?.['message']])).toEqual([
      [0, '3'],
      [1, '2'],
      [2, '1'],
    ]);
    const long = { name: 'count_down', arguments: { from: 100, everyMs: 10_000 } };
    const opened = await peer.open('tools/call', long, { id: 2, progressToken: 'p' });
    expect((await opened.next()).method).toBe('notifications/progress');
    opened.leave();
  });

  test('tells listeners of changes, whichever instance they happen on', async () => {
    const peer = await start(createEverything);
    const notifications = { toolsListChanged: true, resourceSubscriptions: ['test://watched-resource'] };
    const stream = await peer.open('subscriptions/listen', { notifications }, { id: 'stream' });
    expect((await stream.next()).params).toMatchObject({ notifications });
    await peer.call('tools/call', { name: 'touch_watched_resource' });
    expect(await stream.next()).toMatchObject({
      method: 'notifications/resources/updated',
      params: { uri: 'test://watched-resource' },
    });
    await peer.call('tools/call', { name: 'test_trigger_prompt_change' });
    await peer.call('tools/call', { name: 'test_trigger_tool_change' });
    expect((await stream.next()).method).toBe('notifications/tools/list_changed');
    expect(await listed(peer, 'tools/list', 'tools', 'name')).not.toContain('passing_tool');
    stream.leave();
  });

  test('completes one argument in the light of another', async () => {
    const peer = await start(createEverything);
    const ref = { type: 'ref/prompt', name: 'test_prompt_with_arguments' };
    const complete = {
      ref,
      argument: { name: 'arg2', value: 'par' },
      context: { arguments: { arg1: 'park' } },
    };
    const { result } = await peer.call('completion/complete', complete);
    expect(result['completion']).toMatchObject({ values: ['paris', 'party'] });
  });
});

overHttp('the everything server with an administrator', (start) => {
  const token = 'a token for tests';

  test('shows the report to the administrator alone', async () => {
    const peer = await start((options) => createEverything({ ...options, authenticate: adminBearer(token) }));
    const report = { name: 'admin_report', arguments: {} };
    expect(await listed(peer, 'tools/list', 'tools', 'name')).not.toContain('admin_report');
    expect(await peer.call('tools/call', report)).toMatchObject({ code: -32602 });
    expect((await peer.call('tools/list', {}, { token })).text).toContain('admin_report');
    expect((await peer.call('tools/call', report, { token })).text).toContain('All is well.');
    expect(await peer.call('tools/list', {}, { token: `${token}s` })).toMatchObject({ status: 401 });
  });
});

async function listed(peer: Peer, method: string, member: string, key: string): Promise<string[]> {
  const { result } = await peer.call(method);
  // The helper has held the list to its schema.
  return (result[member] as Record<string, string>[]).map((entry) => entry[key] ?? '');
}
