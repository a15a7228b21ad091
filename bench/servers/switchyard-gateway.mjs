// Our gateway's per-server path over the given upstreams.
import { createGateway } from '@switchyard/gateway';
import { HOST, PORT } from '../work.mjs';

const gateway = createGateway({
  listen: { host: HOST, port: PORT },
  servers: { floor: { path: '/mcp', replicas: process.env.UPSTREAMS.split(',') } },
});
await gateway.listen();
