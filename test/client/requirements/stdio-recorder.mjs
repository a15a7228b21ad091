// A server over stdio that writes down every byte it reads, and does what its tools are called.
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [log] = process.argv.slice(2);
const note = (event) => appendFileSync(log, `${JSON.stringify(event)}\n`);
const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const answer = (id, result) => say({ id, result: { resultType: 'complete', content: [], ...result } });
const open = new Map();

note({ started: process.pid });
process.on('SIGTERM', () => note({ signal: 'SIGTERM' }));
process.stdin.on('data', (chunk) => note({ read: chunk.toString('utf8') }));
process.stdin.on('end', () => {
  note({ ended: true });
  process.exit(0);
});

const streamOf = (id) => ({ 'io.modelcontextprotocol/subscriptionId': id });
const tools = {
  echo: ({ id, params }) => answer(id, { structuredContent: params.arguments }),
  pid: ({ id }) => answer(id, { structuredContent: process.pid }),
  shout: ({ id }) => {
    process.stderr.write('Error: FATAL!\n');
    answer(id, {});
  },
  ask: ({ id }) => {
    for (const method of ['roots/list', 'sampling/createMessage', 'ping']) say({ id: `s-${method}`, method });
    answer(id, {});
  },
  round: ({ id, params }) => {
    if (params.requestState === 's') answer(id, { structuredContent: params.inputResponses });
    else
      answer(id, {
        resultType: 'input_required',
        requestState: 's',
        inputRequests: { r: { method: 'roots/list' } },
      });
  },
  hang: ({ id }) => open.set('hang', id),
  // Answers the request that hangs, cancelled or not, and then its own.
  late: ({ id }) => {
    answer(open.get('hang'), { structuredContent: 'late' });
    answer(id, {});
  },
  // Cancellations of nothing, of itself, and of a request that is no subscription.
  cancel: ({ id }) => {
    const wrong = [{ requestId: 9_999 }, {}, { requestId: 'x' }, { requestId: id }, { requestId: null }];
    for (const params of wrong) say({ method: 'notifications/cancelled', params });
    answer(id, {});
  },
  teardown: ({ id }) => {
    const requestId = open.get('prompts');
    say({ method: 'notifications/cancelled', params: { requestId, reason: 'Maintenance' } });
    answer(id, {});
  },
  // News for each subscription, and for none.
  news: ({ id }) => {
    say({ method: 'notifications/tools/list_changed', params: { _meta: streamOf(open.get('tools')) } });
    say({ method: 'notifications/prompts/list_changed', params: { _meta: streamOf(open.get('prompts')) } });
    say({ method: 'notifications/tools/list_changed', params: { _meta: streamOf(open.get('prompts')) } });
    say({ method: 'notifications/tools/list_changed', params: { _meta: streamOf(9_999) } });
    say({ method: 'notifications/tools/list_changed', params: {} });
    answer(id, {});
  },
  crash: () => process.exit(1),
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line);
  const { id, method, params } = message;
  if (method === 'server/discover') {
    answer(id, { supportedVersions: ['2026-07-28'], capabilities: {}, ttlMs: 0, cacheScope: 'private' });
  } else if (method === 'subscriptions/listen') {
    const { notifications } = params;
    for (const kind of Object.keys(notifications)) open.set(kind.replace('ListChanged', ''), id);
    const _meta = streamOf(id);
    say({ method: 'notifications/subscriptions/acknowledged', params: { notifications, _meta } });
  } else if (method === 'tools/call') tools[params.name](message);
});
