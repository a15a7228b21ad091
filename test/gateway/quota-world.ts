import { type GatewayConfig, mintApiKey, type QuotaConfig } from '@switchyard/gateway';
import {
  type Answer,
  answering,
  type Call,
  post,
  type Running,
  startGateway,
  type Upstream,
  upstream,
} from '../../packages/gateway/test/support.ts';

/** Two callers of one tenant. */
export const [ANN, BOB] = [
  mintApiKey({ name: 'ann', tenant: 'acme' }),
  mintApiKey({ name: 'bob', tenant: 'acme' }),
];

/** A gateway with quotas before a server that answers everything. */
export interface World extends Running {
  readonly server: Upstream;
  readonly config: GatewayConfig;
  /** The gateway's clock, in milliseconds. */
  readonly clock: { now: number };
  call(call?: Call & { key?: string; server?: string }): Promise<Answer>;
  /** How many of so many equal calls were answered 200. */
  admitted(count: number, call?: Parameters<World['call']>[0]): Promise<number>;
}

/** Starts one. */
export async function world(
  quotas: readonly QuotaConfig[],
  more: Partial<GatewayConfig> = {},
): Promise<World> {
  const server = await upstream(answering());
  const config: GatewayConfig = {
    listen: { port: 0 },
    identify: { keys: [ANN.entry, BOB.entry] },
    ...(quotas.length === 0 ? {} : { quotas }),
    servers: { a: { replicas: [server.url] }, b: { replicas: [server.url] } },
    ...more,
  };
  const clock = { now: 0 };
  const running = await startGateway(config, { now: () => clock.now });
  const call: World['call'] = ({ key = ANN.key, server: name = 'a', headers, ...rest } = {}) =>
    post(running.url, { path: `/servers/${name}/mcp`, headers: { 'x-api-key': key, ...headers }, ...rest });
  const admitted: World['admitted'] = async (count, one) => {
    const answers: number[] = [];
    for (let i = 0; i < count; i++) answers.push((await call(one)).status);
    return answers.filter((status) => status === 200).length;
  };
  return { ...running, server, config, clock, call, admitted };
}
