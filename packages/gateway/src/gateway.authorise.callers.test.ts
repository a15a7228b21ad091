import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { gatewayTo, post, upstream } from '../test/support.ts';
import { message, toolbox } from '../test/toolbox.ts';
import type { PolicyConfig } from './authorise/config.ts';

const rule = (name: string, effect: 'allow' | 'deny', when: string) => ({ name, effect, when });

describe('callers', () => {
  const keyOf = (name: string) => `swk_${name.padEnd(40, 'x')}`;
  const entry = (name: string, more: { readonly scopes?: readonly string[]; readonly tenant?: string }) => ({
    ...{ name, ...more },
    hash: `sha256:${createHash('sha256').update(keyOf(name)).digest('hex')}`,
  });

  it('each see and use what the rules allow them, whoever asked before', async () => {
    const up = await upstream(toolbox({ tools: ['add', 'drop', 'look'] }));
    const keys = [
      entry('ann', { scopes: ['read'], tenant: 'acme' }),
      entry('bob', { scopes: ['read', 'write'], tenant: 'acme' }),
      entry('eve', { scopes: ['read', 'write'], tenant: 'other' }),
    ];
    const policy: PolicyConfig = {
      default: 'deny',
      rules: [
        rule(
          'acme-reads',
          'allow',
          'caller.tenant == "acme" && tool.name == "look" && "read" in caller.scopes',
        ),
        rule(
          'acme-writes',
          'allow',
          'caller.tenant == "acme" && tool.name == "drop" && "write" in caller.scopes',
        ),
      ],
    };
    const { url } = await gatewayTo([up.url], {}, { identify: { keys }, policy, cache: {} });
    const ask = (name: string, method: string, params: Record<string, unknown> = {}) => {
      const named = typeof params['name'] === 'string' ? { 'mcp-name': params['name'] } : {};
      const headers = { authorization: `Bearer ${keyOf(name)}`, ...named };
      return post(url, { method, body: message(method, params), headers });
    };
    const see = async (name: string) => {
      const { status, json } = await ask(name, 'tools/list');
      return status === 200 ? json.result.tools.map((tool: { name: string }) => tool.name) : status;
    };
    const use = async (name: string, tool: string) => {
      const { json } = await ask(name, 'tools/call', { name: tool });
      return json.result?.ran ?? json.error.message;
    };
    for (let round = 0; round < 2; round++) {
      expect([await see('bob'), await see('ann'), await see('eve')]).toEqual([
        ['drop', 'look'],
        ['look'],
        403,
      ]);
      expect([await use('bob', 'drop'), await use('ann', 'drop'), await use('eve', 'drop')]).toEqual([
        'drop',
        'Unknown tool: drop',
        'Unknown tool: drop',
      ]);
    }
  });
});

it('a dry run lets through even what cannot be judged, as it came', async () => {
  const up = await upstream(toolbox({ tools: ['add'] }));
  const rules = [rule('eu', 'allow', 'args.region == "eu"')];
  const policy: PolicyConfig = { default: 'deny', dryRun: true, body: 'always', rules };
  const { url } = await gatewayTo([up.url], {}, { policy });
  const bodies = [
    message('tools/call', { name: 'add', arguments: '@' }),
    message('tools/call', { name: 'add', arguments: {} }).replace(
      '"arguments"',
      '"Arguments":{},"arguments"',
    ),
  ];
  for (const body of bodies) expect((await post(url, { body })).json.result.ran).toBe('add');
  expect(up.seen.map((one) => one.body)).toEqual(bodies);
});
