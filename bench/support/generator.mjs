// The load: a closed loop over plain sockets, one request at a time on each. Runs as a process of its own:
//   node generator.mjs '{"url", "headers", "bodies", "connections", "seconds" or "requests", "rate"}'
// and prints what came of it as JSON. With a rate, requests fall due at that many a second, and latency counts from then;
// those of the first second are sent but not counted: until its own code is compiled, this process is the slowest part.
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { quantile } from './stats.mjs';

const MAX_SAMPLES = 4_000_000;
const UNCOUNTED_MS = 1000;
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

const job = JSON.parse(process.argv[2]);
const url = new URL(job.url);
const requests = job.bodies.map(encode);
const limit = job.requests ?? Number.POSITIVE_INFINITY;
const latencies = new Float64Array(
  job.requests === undefined ? MAX_SAMPLES : Math.min(job.requests, MAX_SAMPLES),
);
const started = performance.now();
const begun = job.rate === undefined ? started : started + UNCOUNTED_MS;
const end = job.seconds === undefined ? Number.POSITIVE_INFINITY : begun + job.seconds * 1000;
const count = { sent: 0, answered: 0, errors: 0, open: 0 };

// With a rate: when requests that nobody has sent yet fell due, and the sockets that wait for one.
const due = job.rate === undefined ? undefined : [];
const idle = [];
if (due !== undefined) pace(due);

for (let index = 0; index < job.connections; index += 1) open();
// A server that does not answer must not keep the run waiting.
setTimeout(report, job.seconds === undefined ? 600_000 : end - started + 8000);

function open() {
  count.open += 1;
  const socket = connect({ port: Number(url.port), host: url.hostname, noDelay: true });
  const reader = createReader((ok) => {
    if (!ok) count.errors += 1;
    if (sentAt >= begun) {
      if (count.answered < latencies.length) latencies[count.answered] = performance.now() - sentAt;
      count.answered += 1;
    }
    if (count.answered >= limit) return report();
    next();
  });
  let sentAt = 0;
  const next = () => {
    if (isOver()) return socket.end();
    if (due !== undefined && due.length === 0) return void idle.push(next);
    sentAt = due === undefined ? performance.now() : due.shift();
    socket.write(requests[count.sent % requests.length]);
    count.sent += 1;
  };
  socket.on('connect', next);
  socket.on('data', reader);
  socket.on('error', () => {
    count.errors += 1;
  });
  socket.on('close', () => {
    count.open -= 1;
    if (!isOver() && count.errors < 1000) open();
    else if (count.open === 0) report();
  });
}

/** Lets requests fall due, those of a millisecond at once: timers are no finer. */
function pace(list) {
  let paced = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    const wanted = Math.floor(((now - started) * job.rate) / 1000);
    for (; paced < wanted; paced += 1) list.push(now);
    for (const next of idle.splice(0, now >= end ? idle.length : list.length)) next();
    if (now >= end) clearInterval(timer);
  }, 1);
}

const isOver = () => count.sent >= limit || performance.now() >= end;

/** Reads answers off a socket; calls back at the end of each, with whether its status was 200. */
function createReader(done) {
  let header; // bytes of a header that is not whole yet
  let left = 0; // bytes of the body still to come; -1 in a chunked one
  let ok = false;
  const finish = () => {
    left = 0;
    done(ok);
  };
  return (bytes) => {
    if (left > 0) {
      left -= bytes.length;
      if (left <= 0) finish();
    } else if (left < 0) {
      if (endsChunked(bytes)) finish();
    } else {
      const all = header === undefined ? bytes : Buffer.concat([header, bytes]);
      const headerEnd = all.indexOf('\r\n\r\n');
      header = headerEnd < 0 ? all : undefined;
      if (headerEnd < 0) return;
      const text = all.latin1Slice(0, headerEnd).toLowerCase();
      ok = text.startsWith('http/1.1 200');
      const length = text.indexOf('\r\ncontent-length:');
      left = length < 0 ? -1 : headerEnd + 4 + Number.parseInt(text.slice(length + 17), 10) - all.length;
      if (length < 0 ? endsChunked(all) : left <= 0) finish();
    }
  };
}

const endsChunked = (bytes) => bytes.length >= 5 && bytes.subarray(-5).equals(LAST_CHUNK);

function report() {
  const seconds = (performance.now() - begun) / 1000;
  const sorted = latencies.subarray(0, Math.min(count.answered, latencies.length)).sort();
  const { answered, errors } = count;
  const text = JSON.stringify({
    requests: answered,
    seconds,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    errors,
  });
  process.stdout.write(text, () => process.exit(0));
}

function encode(body) {
  const headers = Object.entries(job.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `POST ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\n${headers.join('')}`;
  return Buffer.from(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}
