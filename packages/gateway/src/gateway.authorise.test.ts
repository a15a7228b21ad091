import { describe, expect, it } from 'vitest';
import { type Call, gatewayTo, post, upstream } from '../test/support.ts';
import { message, type Toolbox, toolbox } from '../test/toolbox.ts';
import type { PolicyConfig } from './authorise/config.ts';

const BOX: Toolbox = {
  tools: [
    'add',
    'drop',
    { name: 'look', annotations: { readOnlyHint: true } },
    { name: 'wipe', annotations: { readOnlyHint: false } },
  ],
  prompts: ['greet', 'grill'],
  resources: ['file:///pub/a', 'file:///etc/passwd'],
  templates: ['file:///pub/{x}', 'file:///{+x}'],
};

const rule = (name: string, effect: 'allow' | 'deny', when: string) => ({ name, effect, when });

async function behind(policy: PolicyConfig, box: Toolbox = BOX, server = {}) {
  const up = await upstream(toolbox(box));
  const running = await gatewayTo([up.url], server, { policy });
  const ask = (method: string, params: Record<string, unknown> = {}, call: Call = {}) => {
    const name = params['name'] ?? params['uri'];
    const named = typeof name === 'string' ? { 'mcp-name': name } : {};
    const headers = { ...named, ...call.headers };
    return post(running.url, { body: message(method, params), method, ...call, headers });
  };
  const run = async (name: string, args: Record<string, unknown> = {}) => {
    const { json } = await ask('tools/call', { name, arguments: args }, { name });
    return json.result?.ran ?? json.error.message;
  };
  return { ...running, up, ask, run };
}

describe('what is denied', () => {
  it('is absent from lists and unknown when called, like what is not there at all', async () => {
    const { ask, up } = await behind({
      default: 'deny',
      rules: [rule('few', 'allow', 'tool.name in ["add", "look"]')],
    });
    const listed = (await ask('tools/list')).json.result.tools.map(({ name }: { name: string }) => name);
    expect(listed).toEqual(['add', 'look']);
    up.seen.length = 0;
    const denied = await ask('tools/call', { name: 'drop' }, { name: 'drop' });
    const absent = await ask('tools/call', { name: 'nope' }, { name: 'nope' });
    expect(up.seen).toEqual([]);
    expect(denied.text.replaceAll('drop', 'nope')).toBe(absent.text);
    expect([denied.status, denied.headers['content-type']]).toEqual([absent.status, 'application/json']);
    expect(denied.json).toEqual({
      jsonrpc: '2.0',
      id: 1,
      error: { code: -32602, message: 'Unknown tool: drop' },
    });
    expect((await ask('tools/call', { name: 'add' }, { name: 'add' })).json.result.ran).toBe('add');
  });

  it('is prompts, resources and templates too', async () => {
    const { ask } = await behind({
      default: 'deny',
      rules: [
        rule('prompts', 'allow', 'request.method == "prompts/get" && request.name == "greet"'),
        rule(
          'files',
          'allow',
          'request.method == "resources/read" && request.name.startsWith("file:///pub/")',
        ),
      ],
    });
    expect((await ask('prompts/list')).json.result.prompts).toEqual([{ name: 'greet' }]);
    expect((await ask('resources/list')).json.result.resources).toHaveLength(1);
    expect((await ask('resources/templates/list')).json.result.resourceTemplates).toHaveLength(1);
    expect((await ask('tools/list')).json.result.tools).toEqual([]);
    expect((await ask('prompts/get', { name: 'grill' })).json.error.message).toBe('Unknown prompt: grill');
    expect((await ask('prompts/get', { name: 'greet' })).json.result.method).toBe('prompts/get');
    expect((await ask('resources/read', { uri: 'file:///etc/passwd' })).json.error).toEqual({
      code: -32602,
      message: 'Resource not found',
      data: { uri: 'file:///etc/passwd' },
    });
    expect((await ask('resources/read', { uri: 'file:///pub/a' })).json.result.method).toBe('resources/read');
  });

  it('is what only the body names: completion references, resources to listen for', async () => {
    const { ask, up } = await behind({
      default: 'allow',
      rules: [rule('no', 'deny', 'request.name in ["grill", "file:///{+x}", "file:///etc/passwd"]')],
    });
    const complete = (ref: unknown) =>
      ask('completion/complete', { ref, argument: { name: 'a', value: '' } });
    const listen = (resourceSubscriptions: unknown) =>
      ask('subscriptions/listen', { notifications: { resourceSubscriptions } });
    const asked = [
      await complete({ type: 'ref/prompt', name: 'grill' }),
      await complete({ type: 'ref/resource', uri: 'file:///{+x}' }),
      await listen(['file:///pub/a', 'file:///etc/passwd']),
    ];
    expect(asked.map(({ json }) => json.error.message)).toEqual([
      'Unknown prompt: grill',
      'Unknown resource template: file:///{+x}',
      'Resource not found',
    ]);
    const odd = [
      await complete({ type: 'ref/prompt', name: ['grill'] }),
      await complete({ type: 'ref/prompt', name: 'greet', Name: 'grill' }),
      await complete('grill'),
      await listen('file:///etc/passwd'),
      await listen([['file:///etc/passwd']]),
    ];
    expect(odd.map(({ json }) => json.error.data?.reason)).toEqual(odd.map(() => 'bad-arguments'));
    expect(up.seen).toEqual([]);
    expect((await complete({ type: 'ref/prompt', name: 'greet' })).json.result.method).toBe(
      'completion/complete',
    );
    expect((await listen(['file:///pub/a'])).json.result.method).toBe('subscriptions/listen');
  });

  it('is a whole server, discovery included, for a caller who may use nothing of it; without a word of the rules', async () => {
    const { ask, up } = await behind({
      default: 'deny',
      rules: [rule('secret-rule', 'allow', 'caller.tenant == "acme" && tool.name == "add"')],
    });
    for (const method of [
      'server/discover',
      'tools/list',
      'prompts/list',
      'subscriptions/listen',
      'tasks/get',
    ]) {
      const answer = await ask(method, method === 'tasks/get' ? { taskId: 'x' } : {}, {
        headers: { 'mcp-name': 'x' },
      });
      expect([method, answer.status, answer.json.error.code]).toEqual([method, 403, 40301]);
      expect(answer.text).not.toMatch(/secret|acme|tenant/);
    }
    expect(up.seen).toEqual([]);
  });

  it('is one method, where a rule says so', async () => {
    const { ask } = await behind({
      default: 'allow',
      rules: [rule('no-listening', 'deny', 'request.method == "subscriptions/listen"')],
    });
    expect((await ask('subscriptions/listen', { notifications: {} })).status).toBe(403);
    expect((await ask('server/discover')).status).toBe(200);
    expect((await ask('tools/list')).json.result.tools).toHaveLength(4);
  });

  it('stays denied whatever allows it: deny rules come first, wherever they stand', async () => {
    const { run } = await behind({
      default: 'deny',
      rules: [rule('all', 'allow', 'true'), rule('not-drop', 'deny', 'tool.name == "drop"')],
    });
    expect([await run('add'), await run('drop')]).toEqual(['add', 'Unknown tool: drop']);
  });
});

describe('a rule that fails', () => {
  it('denies where it denies, and does not allow where it allows', async () => {
    const denies = await behind({
      default: 'allow',
      rules: [rule('broken', 'deny', 'caller.claims.level == "none"')],
    });
    expect(await denies.run('add')).toBe('Unknown tool: add');
    const allows = await behind({
      default: 'deny',
      rules: [
        rule('broken', 'allow', 'caller.claims.level == "high"'),
        rule('add', 'allow', 'tool.name == "add"'),
      ],
    });
    expect([await allows.run('add'), await allows.run('drop')]).toEqual(['add', 'Unknown tool: drop']);
  });
});

describe('arguments', () => {
  const policy: PolicyConfig = {
    default: 'deny',
    rules: [
      rule('eu', 'allow', 'tool.name == "add" && args.region == "eu"'),
      rule('look', 'allow', 'tool.name == "look"'),
    ],
  };

  it('decide where a rule looks at them; a tool that can be used with some is listed', async () => {
    const { run, ask } = await behind(policy);
    expect(await run('add', { region: 'eu' })).toBe('add');
    expect(await run('add', { region: 'us' })).toBe('Unknown tool: add');
    expect(await run('add')).toBe('Unknown tool: add');
    const { tools } = (await ask('tools/list')).json.result;
    expect(tools.map(({ name }: { name: string }) => name)).toEqual(['add', 'look']);
  });

  it('are not read where the headers decide', async () => {
    const { url, up } = await behind(policy);
    const body = '{"this": "is no message"}';
    const call = (name: string) => post(url, { name, body, headers: { 'mcp-name': name } });
    expect((await call('look')).status).not.toBe(400);
    expect(up.seen[0]?.body).toBe(body);
    expect((await call('drop')).json.error.message).toBe('Unknown tool: drop');
    expect((await call('add')).status).toBe(400);
    expect(up.seen).toHaveLength(1);
  });

  it('that another reader would see otherwise are refused', async () => {
    const { url, up } = await behind({
      default: 'deny',
      rules: [
        rule('not-us', 'allow', '!has(args.region) || args.region == "eu" || args.id == 9007199254740992'),
      ],
    });
    const call = (args: string) =>
      post(url, { body: message('tools/call', { name: 'add', arguments: '@' }).replace('"@"', args) });
    const refused = [
      '{"Region":"us"}',
      '{"region":"eu","REGION":"us"}',
      '{"region":"eu","region":"us"}',
      '{"region":"eu","\\u0072egion":"us"}',
      '{"region":"us","id":9007199254740993}',
      '[]',
      '"region"',
    ];
    for (const args of refused)
      expect([args, (await call(args)).json.error?.code]).toEqual([args, expect.any(Number)]);
    expect(up.seen).toEqual([]);
    expect((await call('{"region":"eu","other":1}')).json.result.ran).toBe('add');
  });

  it('that would take too long to judge are refused', async () => {
    const { run } = await behind({
      default: 'deny',
      rules: [
        rule('all', 'allow', 'args.names.all(n, n.matches("^(([a-z])+.)+$"))'),
        rule('one', 'allow', 'args.text.matches("(a+)+$")'),
      ],
    });
    expect(await run('add', { names: ['ab', 'cd'] })).toBe('add');
    expect(await run('add', { names: Array.from({ length: 2000 }, () => 'ab') })).toBe('Unknown tool: add');
    expect(await run('add', { names: [], text: 'a'.repeat(20_000) })).toBe('Unknown tool: add');
    const began = performance.now();
    expect(await run('add', { text: `${'a'.repeat(10_000)}!` })).toBe('Unknown tool: add');
    expect(performance.now() - began).toBeLessThan(1000);
  });
});

describe('annotations', () => {
  it('decide by what the server defines, on calls too, and are asked for once', async () => {
    const { run, ask, up } = await behind(
      { default: 'deny', rules: [rule('readers', 'allow', 'tool.annotations.readOnlyHint')] },
      { ...BOX, pageSize: 2 },
    );
    expect([await run('look'), await run('wipe'), await run('add')]).toEqual([
      'look',
      'Unknown tool: wipe',
      'Unknown tool: add',
    ]);
    expect(up.seen.map(({ headers }) => headers['mcp-method'])).toEqual([
      'tools/list',
      'tools/list',
      'tools/call',
    ]);
    const { tools } = (await ask('tools/list')).json.result;
    expect(tools).toEqual([]);
    const next = (await ask('tools/list', { cursor: '2' })).json.result;
    expect(next.tools.map(({ name }: { name: string }) => name)).toEqual(['look']);
  });
});

describe('parameter headers', () => {
  const policy: PolicyConfig = {
    default: 'deny',
    rules: [rule('eu', 'allow', 'tool.name == "add" && request.params["region"] == "eü"')],
  };

  it('are seen decoded, whatever the case of their names [HTTP-031]', async () => {
    const { ask } = await behind(policy);
    const call = (headers: Call['headers']) =>
      ask('tools/call', { name: 'add' }, { name: 'add', ...(headers && { headers }) });
    expect((await call({ 'MCP-PARAM-Region': '=?base64?ZcO8?=' })).json.result.ran).toBe('add');
    expect((await call({ 'mcp-param-region': 'us' })).json.error.message).toBe('Unknown tool: add');
    expect((await call({})).json.error.message).toBe('Unknown tool: add');
    const { tools } = (await ask('tools/list')).json.result;
    expect(tools.map(({ name }: { name: string }) => name)).toEqual(['add']);
  });

  it('that stand twice, cannot be read or are written for CGI do not get through', async () => {
    const { ask, up } = await behind(policy);
    const call = (headers: NonNullable<Call['headers']>) =>
      ask('tools/call', { name: 'add' }, { name: 'add', headers });
    expect((await call({ 'mcp-param-region': ['=?base64?ZcO8?=', 'us'] })).json.error.code).toBe(-32020);
    expect((await call({ 'mcp-param-region': '=?base64?!!?=' })).json.error.code).toBe(-32020);
    expect(up.seen).toEqual([]);
    await call({ 'mcp-param-region': '=?base64?ZcO8?=', mcp_param_region: 'us' });
    expect(up.seen[0]?.headers).not.toHaveProperty('mcp_param_region');
  });

  it('that are integers do not get through unless they are written plainly', async () => {
    const { ask, up } = await behind({
      default: 'allow',
      rules: [rule('not-42', 'deny', 'request.params["account"] == "42"')],
    });
    const call = async (account: string) =>
      (await ask('tools/call', { name: 'add' }, { name: 'add', headers: { 'mcp-param-account': account } }))
        .json;
    expect((await call('42')).error.message).toBe('Unknown tool: add');
    for (const account of ['42.0', '4.2e1', '42e0000', '=?base64?NDIuMA==?='])
      expect([account, (await call(account)).error]).toMatchObject([
        account,
        {
          code: -32020,
          message: expect.stringContaining(
            'mcp-param-account is an integer that is not written plainly; write it 42',
          ),
        },
      ]);
    expect(up.seen).toEqual([]);
    for (const account of ['43', '042', '42.5', 'v42.0'])
      expect((await call(account)).result.ran).toBe('add');
  });
});

describe('a dry run', () => {
  it('lets everything through and shows everything', async () => {
    const { run, ask } = await behind({
      default: 'deny',
      dryRun: true,
      rules: [rule('add', 'allow', 'tool.name == "add"')],
    });
    expect([await run('add'), await run('drop')]).toEqual(['add', 'drop']);
    expect((await ask('tools/list')).json.result.tools).toHaveLength(4);
    expect((await ask('prompts/get', { name: 'grill' })).status).toBe(200);
  });

  it('lets through what cannot be judged, too', async () => {
    const { ask } = await behind({
      default: 'deny',
      dryRun: true,
      rules: [rule('eu', 'allow', 'request.params["region"] == "eu"')],
    });
    const headers = { 'mcp-param-region': '42.0' };
    expect((await ask('tools/call', { name: 'add' }, { name: 'add', headers })).json.result.ran).toBe('add');
  });
});

describe('body: always', () => {
  it('holds every body against the headers that were judged', async () => {
    const { ask, up } = await behind({
      default: 'deny',
      body: 'always',
      rules: [rule('add', 'allow', 'tool.name == "add"')],
    });
    expect(
      (await ask('tools/call', { name: 'drop' }, { name: 'add', headers: { 'mcp-name': 'add' } })).json.error
        .code,
    ).toBe(-32020);
    expect((await ask('tools/call', { name: ['drop'] }, { name: 'add' })).json.error.code).toBe(-32602);
    expect(up.seen).toEqual([]);
    expect((await ask('tools/call', { name: 'add' }, { name: 'add' })).json.result.ran).toBe('add');
  });
});

describe('the scope of a list', () => {
  it('is the caller alone, where rules have judged it', async () => {
    const { ask } = await behind({ default: 'allow' });
    expect((await ask('tools/list')).json.result).toMatchObject({ cacheScope: 'private', ttlMs: 0 });
    expect((await ask('server/discover')).json.result).not.toHaveProperty('cacheScope');
  });
});

describe('a reload', () => {
  it('puts other rules into force', async () => {
    const { run, gateway, up } = await behind({ default: 'allow' });
    expect(await run('add')).toBe('add');
    gateway.reload({
      listen: { port: 0 },
      policy: { default: 'deny' },
      servers: { s: { path: '/mcp', replicas: [up.url] } },
    });
    expect(await run('add')).toBe('Unknown tool: add');
  });
});
