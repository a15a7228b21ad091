// Holds listen streams open, as a process of its own:  node streams.mjs URL COUNT
// It prints `open` once every stream is acknowledged, and `told` whenever all have been sent one further event.
import { connect } from 'node:net';
import { headersOf, message } from '../workloads.mjs';

/** How many streams are being opened at once. */
const OPENING = 100;

const url = new URL(process.argv[2]);
const wanted = Number(process.argv[3]);
const count = { started: 0, acknowledged: 0, told: 0 };

for (let index = 0; index < Math.min(OPENING, wanted); index += 1) openNext();

function openNext() {
  if (count.started >= wanted) return;
  count.started += 1;
  const socket = connect({ port: Number(url.port), host: url.hostname });
  let acknowledged = false;
  socket.write(request(count.started));
  socket.on('data', (bytes) => {
    if (!bytes.includes('data:')) return;
    if (acknowledged) return event();
    acknowledged = true;
    count.acknowledged += 1;
    if (count.acknowledged === wanted) console.log('open');
    openNext();
  });
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('A stream was closed.')));
}

function event() {
  count.told += 1;
  if (count.told % wanted === 0) console.log('told');
}

function fail(error) {
  console.error(`After ${count.acknowledged} streams: ${error.message}`);
  process.exit(1);
}

function request(id) {
  const body = JSON.stringify(
    message('subscriptions/listen', id, { notifications: { toolsListChanged: true } }),
  );
  const headers = Object.entries(headersOf('subscriptions/listen')).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  const head = `POST ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\n${headers.join('')}`;
  return `${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
