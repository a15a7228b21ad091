// Our gateway over the given upstreams, with the stages that STAGES names switched on; with `federation` at the path of a
// federation, otherwise at the server's own.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createGateway } from '@switchyard/gateway';
import { BENCH_KEY } from '../targets.mjs';
import { HOST, PORT } from '../work.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-bench-gateway-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** What each stage is configured by: enough for it to have its whole work, never so much that it refuses anything. */
const STAGES = {
  identify: {
    identify: {
      keys: [{ name: 'bench', hash: `sha256:${createHash('sha256').update(BENCH_KEY).digest('hex')}` }],
    },
  },
  admit: { quotas: [{ name: 'each', per: ['server', 'tool'], limit: 1_000_000_000, every: '1s' }] },
  authorise: {
    policy: {
      default: 'deny',
      rules: [
        { name: 'no-drop', effect: 'deny', when: 'request.name.startsWith("drop")' },
        { name: 'bench', effect: 'allow', when: 'server.name == "floor" && caller.subject != "nobody"' },
      ],
    },
  },
  record: { store: `sqlite:${path.join(folder, 'bench.db')}`, audit: {} },
  cache: { cache: {} },
  federation: { federation: {} },
};

const chosen = (process.env.STAGES ?? '').split(',').filter(Boolean);
/** The one server keeps its names, so that the same calls can be made. */
const place = chosen.includes('federation') ? { prefix: '' } : { path: '/mcp' };
const gateway = createGateway({
  listen: { host: HOST, port: PORT },
  servers: { floor: { ...place, replicas: process.env.UPSTREAMS.split(','), trusted: true } },
  ...Object.assign({}, ...chosen.map((name) => STAGES[name])),
});
await gateway.listen();
for (const signal of ['SIGTERM', 'SIGINT'])
  process.once(signal, () => void gateway.close({ timeoutMs: 200 }).then(() => process.exit(0)));
