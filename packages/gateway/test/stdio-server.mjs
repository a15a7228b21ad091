// A server on standard input and output that does what the name of the called tool says. With STUBBORN it outlives the end
// of its input until it is told to stop; with DEAD it ends at once.
import { appendFileSync } from 'node:fs';
import readline from 'node:readline';

const { STUBBORN, DEAD, LEDGER, SECRET = '', PLANTED = 'none' } = process.env;
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const answer = (id, result) => send({ id, result: { resultType: 'complete', ...result } });
const note = (what) => LEDGER && appendFileSync(LEDGER, `${what}\n`);
const SUBSCRIPTION = 'io.modelcontextprotocol/subscriptionId';
const listening = new Map();
const held = [];

note(`start ${process.pid}`);
if (DEAD) process.exit(1);

const tools = {
  echo: ({ id, params }) => answer(id, { params, pid: process.pid, secret: SECRET, planted: PLANTED }),
  slow: ({ id, params }) => setTimeout(() => answer(id, { params }), 50),
  progress: ({ id, params }) => {
    const { progressToken } = params._meta;
    send({ method: 'notifications/progress', params: { progressToken, progress: 1 } });
    send({ method: 'notifications/progress', params: { progressToken, progress: 2 } });
    answer(id, {});
  },
  die: () => process.exit(7),
  silent: () => {},
  log: ({ id, params }) => {
    const data = params._meta['com.example/whose'];
    send({ method: 'notifications/message', params: { level: 'info', data } });
    answer(id, {});
  },
  hold: ({ id }) => held.push(id),
  release: ({ id }) => {
    for (const one of held.splice(0)) answer(one, {});
    answer(id, {});
  },
  shout: ({ id }) => {
    process.stderr.write(`${'y'.repeat(5000)}\n`);
    for (let i = 0; i < 100; i++) process.stderr.write(`line ${i}\n`);
    answer(id, {});
  },
  flood: () => process.stdout.write('x'.repeat(300_000)),
  garbage: ({ id }) => {
    process.stdout.write('not json\n');
    answer(id, {});
  },
  fail: ({ id }) => send({ id, error: { code: -32602, message: 'no' } }),
  change: ({ id }) => {
    for (const subscription of listening.values())
      send({
        method: 'notifications/tools/list_changed',
        params: { _meta: { [SUBSCRIPTION]: subscription } },
      });
    answer(id, {});
  },
};

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line);
  const { id, method, params = {} } = message;
  if (method === 'notifications/cancelled') note(`cancelled ${params.reason !== undefined}`);
  else if (method === 'subscriptions/listen') {
    listening.set(id, id);
    const _meta = { [SUBSCRIPTION]: id };
    const { notifications } = params;
    send({ method: 'notifications/subscriptions/acknowledged', params: { notifications, _meta } });
  } else if (method === 'tools/call') {
    note(`call ${params.name}`);
    tools[params.name]?.(message);
  } else if (method === 'unknown/method') send({ id, error: { code: -32601, message: 'Method not found' } });
  else answer(id, { method, tools: [] });
});
process.stdin.on('end', () => {
  note('end of input');
  if (!STUBBORN) process.exit(0);
});
process.on('SIGTERM', () => {
  note('told to stop');
  process.exit(0);
});
if (STUBBORN) setInterval(() => {}, 1000);
