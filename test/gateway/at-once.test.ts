import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { type GatewayConfig, mintApiKey } from '@switchyard/gateway';
import { expect, it } from 'vitest';
import { Accepted } from '../../packages/gateway/src/accept/accept.ts';
import { Head } from '../../packages/gateway/src/accept/head.ts';
import { admitStage } from '../../packages/gateway/src/admit/admit.ts';
import { planOf } from '../../packages/gateway/src/config/parse.ts';
import { secretsFrom } from '../../packages/gateway/src/config/secret.ts';
import { Exchange } from '../../packages/gateway/src/exchange.ts';
import { identifyStage } from '../../packages/gateway/src/identify/identify.ts';
import { LivePlan } from '../../packages/gateway/src/plan/live.ts';
import { Resources } from '../../packages/gateway/src/resources.ts';
import { Fleet } from '../../packages/gateway/src/route/fleet.ts';
import { startIssuer } from './issuer.ts';

const [now, random, log] = [() => 0, () => 0, () => {}];

/** The two stages of a plan, and an exchange that comes to them with that header. */
function stages(config: GatewayConfig) {
  const plan = planOf(config);
  const secrets = secretsFrom({ env: {}, log });
  const fleet = new Fleet({ now, clock: Date.now, random, log, secrets });
  const context = { clock: Date.now, now, log, secrets, resources: new Resources() };
  const live = new LivePlan(plan, { fleet, random });
  const door = [...live.byPath.values()][0];
  if (door === undefined) throw new Error('no door');
  const exchange = (authorization: string) => {
    const head = Object.assign(new Head(), { authorization, method: 'tools/call', name: 'add' });
    const req = Object.assign(new IncomingMessage(new Socket()), { method: 'POST' });
    return new Exchange(req, new ServerResponse(req), { live, request: new Accepted(door, head, '') });
  };
  return { identify: identifyStage(plan, context), admit: admitStage(plan, context), exchange };
}

const servers = { s: { replicas: ['http://127.0.0.1:1/'] } };
const quotas = [{ name: 'q', per: ['caller', 'tool'], limit: 2, every: '1h', concurrent: 5 }];

it('a token that is known, a key, a refusal and a quota in memory cost no turn of the event loop', async () => {
  const issuer = await startIssuer();
  const { key, entry } = mintApiKey({ name: 'ci' });
  const { identify, admit, exchange } = stages({
    listen: { port: 0, publicUrl: 'https://mcp.example.com' },
    identify: { issuers: [{ issuer: issuer.issuer, jwksUri: `${issuer.issuer}/keys` }], keys: [entry] },
    quotas,
    servers,
  });
  const token = await issuer.sign({ aud: 'https://mcp.example.com/servers/s/mcp' });
  const first = identify?.enter(exchange(`Bearer ${token}`));
  expect(first).toBeInstanceOf(Promise);
  expect(await first).toBeUndefined();
  for (const [credentials, by] of [
    [token, 'token'],
    [key, 'api-key'],
  ]) {
    const one = exchange(`Bearer ${credentials}`);
    expect(identify?.enter(one)).toBeUndefined();
    expect(one.caller.by).toBe(by);
    expect([admit?.enter(one), admit?.enter(one)]).toEqual([undefined, undefined]);
    expect(admit?.enter(one)).toMatchObject({ reason: 'quota-exceeded' });
  }
  expect(identify?.enter(exchange('Bearer sy_unknown'))).toMatchObject({ reason: 'unauthorized' });
});

it('a caller is one object for as long as its token is known', async () => {
  const issuer = await startIssuer();
  const { identify, exchange } = stages({
    listen: { port: 0, publicUrl: 'https://mcp.example.com' },
    identify: { issuers: [{ issuer: issuer.issuer, jwksUri: `${issuer.issuer}/keys` }] },
    servers,
  });
  const token = await issuer.sign({
    aud: 'https://mcp.example.com/servers/s/mcp',
    client_id: 'app',
    org: 'x',
  });
  const [one, two] = [exchange(`Bearer ${token}`), exchange(`Bearer ${token}`)];
  await identify?.enter(one);
  await identify?.enter(two);
  expect(one.caller).toMatchObject({ by: 'token', issuer: issuer.issuer, subject: 'ann', client: 'app' });
  expect(two.caller).toBe(one.caller);
});

it('a plan without identify and quotas has neither stage', () => {
  const { identify, admit } = stages({ servers });
  expect([identify, admit]).toEqual([undefined, undefined]);
});
