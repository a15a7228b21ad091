// A server over stdio that does what its tools are called.
import { createInterface } from 'node:readline';

const [mode] = process.argv.slice(2);
if (mode === 'stubborn') {
  process.on('SIGTERM', () => undefined);
  setInterval(() => undefined, 1000);
}
if (mode === 'fails') process.exit(3);
process.stderr.write('ready\n');

const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const answer = (id, result) => say({ id, result: { resultType: 'complete', ...result } });
const text = (value) => ({ content: [{ type: 'text', text: String(value) }] });
const cancelled = [];

const tools = {
  pid: ({ id }) => answer(id, text(process.pid)),
  env: ({ id }) => answer(id, text(Object.keys(process.env).sort().join(' '))),
  crash: () => process.exit(1),
  hang: () => undefined,
  cancelled: ({ id }) => answer(id, text(cancelled.join(' '))),
  flood: () => process.stdout.write('x'.repeat(2_000_000)),
  noise: ({ id }) => {
    process.stdout.write('not json\n\n');
    say({ id: 99, method: 'roots/list' });
    say({ id: 12345, result: {} });
    answer(id, text('after noise'));
  },
  progress: ({ id, params }) => {
    const { progressToken } = params._meta;
    say({ method: 'notifications/progress', params: { progressToken: 'other', progress: 5 } });
    say({ method: 'notifications/progress', params: { progressToken, progress: 1 } });
    answer(id, text('done'));
  },
  log: ({ id }) => {
    say({ method: 'notifications/message', params: { level: 'info', data: 'hello' } });
    answer(id, text('done'));
  },
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line);
  if (message.method === 'notifications/cancelled') cancelled.push(message.params.requestId);
  else if (message.method === 'server/discover') {
    answer(message.id, {
      supportedVersions: ['2026-07-28'],
      capabilities: {},
      ttlMs: 0,
      cacheScope: 'private',
    });
  } else if (message.method === 'subscriptions/listen') {
    const _meta = { 'io.modelcontextprotocol/subscriptionId': message.id };
    const { notifications } = message.params;
    say({ method: 'notifications/subscriptions/acknowledged', params: { notifications, _meta } });
    say({ method: 'notifications/tools/list_changed', params: { _meta } });
  } else tools[message.params.name](message);
});
