import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ReaderHabits, readJson } from '../test/readers.ts';
import { exchangeBytes, gatewayTo, type Seen, upstream } from '../test/support.ts';

// A policy, and a recorder behind it that reads what comes in as many ways as servers are known to: whatever is sent, no
// reader may see a request that the policy does not permit. The oracle knows nothing of the gateway's own parsers.

const RULES = [
  { name: 'look', effect: 'allow' as const, when: 'tool.name == "look"' },
  { name: 'eu', effect: 'allow' as const, when: 'tool.name == "add" && args.region == "eu"' },
  {
    name: 'pub',
    effect: 'allow' as const,
    when: 'request.method == "resources/read" && request.name.startsWith("file:///pub/")',
  },
  {
    name: 'greet',
    effect: 'allow' as const,
    when: 'request.method == "prompts/get" && request.name == "greet"',
  },
];

/** What a reader takes a request for. */
interface Sight {
  readonly method: unknown;
  readonly name: unknown;
  readonly args: unknown;
}

function permitted({ method, name, args }: Sight): boolean {
  if (method === 'tools/list' || method === 'server/discover') return true;
  if (method === 'tools/call')
    return name === 'look' || (name === 'add' && (args as { region?: unknown } | undefined)?.region === 'eu');
  if (method === 'resources/read') return typeof name === 'string' && name.startsWith('file:///pub/');
  if (method === 'prompts/get') return name === 'greet';
  if (method === 'completion/complete') return name === 'greet';
  return false;
}

const HABITS: readonly ReaderHabits[] = (['first', 'last'] as const).flatMap((duplicates) =>
  [false, true].flatMap((ignoresCase) =>
    (['utf8', 'latin1', 'utf16le', 'utf-16be'] as const).map((encoding) => ({
      duplicates,
      ignoresCase,
      encoding,
    })),
  ),
);

function sightOf(body: Buffer, habits: ReaderHabits): Sight | undefined {
  const value = readJson(body, habits);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { method, params } = value as { method?: unknown; params?: Record<string, unknown> };
  if (method === undefined) return undefined;
  const ref = params?.['ref'] as { name?: unknown } | undefined;
  const name =
    method === 'resources/read'
      ? params?.['uri']
      : method === 'completion/complete'
        ? ref?.name
        : params?.['name'];
  return { method, name, args: params?.['arguments'] };
}

/** The values that a header can be taken to have: of several the first or the last, by CGI's names too. */
function headerSights({ rawHeaders }: Seen, name: string): readonly (string | undefined)[] {
  const values: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase().replaceAll('_', '-') === name)
      values.push(decoded(rawHeaders[i + 1] ?? ''));
  }
  return [...new Set([values[0], values.at(-1)])];
}

function decoded(value: string): string {
  const match = /^=\?base64\?(.*)\?=$/.exec(value.trim());
  return match === null ? value.trim() : Buffer.from(match[1] ?? '', 'base64').toString();
}

const NAMED = new Set(['tools/call', 'resources/read', 'prompts/get']);

/** What readers of what has come see that they should not: all of them, or those that hold headers and body together. */
function wronglySeen(seen: Seen, who: 'all' | 'comparing'): readonly unknown[] {
  const body = Buffer.from(seen.body ?? '', 'latin1');
  return HABITS.flatMap((habits) => {
    const sight = sightOf(body, habits);
    if (sight === undefined || permitted(sight)) return [];
    const agrees =
      headerSights(seen, 'mcp-method').includes(sight.method as string) &&
      (!NAMED.has(sight.method as string) || headerSights(seen, 'mcp-name').includes(sight.name as string));
    return who === 'all' || agrees ? [{ habits, sight }] : [];
  });
}

// What is sent: requests in pieces of text, so that members can stand twice, in other cases, and be escaped.

const pick = <T>(...values: T[]) => fc.constantFrom(...values);
const method = pick(
  'tools/call',
  'resources/read',
  'prompts/get',
  'tools/list',
  'completion/complete',
  'tools/call ',
);
const target = pick(
  'look',
  'look',
  'add',
  'add',
  'add',
  'drop',
  'greet',
  'grill',
  'file:///pub/a',
  'file:///etc/passwd',
  'Look',
  'look\u0000',
);

const rarely = <T>(odd: fc.Arbitrary<T[]>) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant<T[]>([]) }, { weight: 1, arbitrary: odd });

const disguise = (name: string) =>
  fc.oneof(
    { weight: 30, arbitrary: fc.constant(`"${name}"`) },
    { weight: 1, arbitrary: fc.constant(`"${name.toUpperCase()}"`) },
    { weight: 1, arbitrary: fc.constant(`"${name[0]?.toUpperCase()}${name.slice(1)}"`) },
    { weight: 1, arbitrary: fc.constant(`"\\u00${name.charCodeAt(0).toString(16)}${name.slice(1)}"`) },
  );
const member = (name: string, value: fc.Arbitrary<string>) =>
  fc.tuple(disguise(name), value).map((parts) => parts.join(':'));
const object = (...members: fc.Arbitrary<string>[]) =>
  fc
    .tuple(fc.tuple(...members), rarely(fc.array(fc.oneof(...members), { maxLength: 1 })), fc.boolean())
    .map(([all, twice, before]) => `{${(before ? [...twice, ...all] : [...all, ...twice]).join(',')}}`);
const text = (value: fc.Arbitrary<string>) => value.map((one) => JSON.stringify(one));

const META = `{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}`;
const region = (name: string) => text(pick('eu', 'us')).map((value) => `"${name}":${value}`);
const args = fc.oneof(
  region('region').map((one) => `{${one}}`),
  fc
    .array(fc.oneof(region('region'), region('Region'), region('\\u0072egion')), {
      minLength: 1,
      maxLength: 2,
    })
    .map((members) => `{${members.join(',')}}`),
  pick('{}', '[]', '"eu"', 'null'),
);
const params = fc.oneof(
  {
    weight: 4,
    arbitrary: object(
      member('name', text(target)),
      member('arguments', args),
      fc.constant(`"_meta":${META}`),
    ),
  },
  { weight: 1, arbitrary: object(member('uri', text(target)), fc.constant(`"_meta":${META}`)) },
  {
    weight: 1,
    arbitrary: object(
      member('ref', object(fc.constant('"type":"ref/prompt"'), member('name', text(target)))),
      fc.constant(`"_meta":${META}`),
    ),
  },
);
const json = object(
  fc.constant('"jsonrpc":"2.0"'),
  member('id', pick('1', '"a"', '2', '1.0', 'null')),
  member('method', text(method)),
  member('params', params),
);

/** What becomes of the text on its way to bytes. */
const toBytes = fc.oneof(
  { weight: 12, arbitrary: fc.constant((one: string) => Buffer.from(one)) },
  {
    weight: 2,
    arbitrary: pick(
      (one: string) => Buffer.from(`\ufeff${one}`),
      (one: string) => Buffer.from(one, 'utf16le'),
      (one: string) => Buffer.from(one, 'utf16le').swap16(),
      (one: string) => gzipSync(one),
      (one: string) => Buffer.from(`[${one}]`),
      (one: string) => Buffer.from(`${one}${one}`),
      (one: string) => Buffer.from(`${one}${' '.repeat(9000)}`),
      (one: string) => Buffer.from(one.replace('}', ',"__proto__":{"name":"drop"}}')),
    ),
  },
);

const base64 = (value: string) => `=?base64?${Buffer.from(value).toString('base64')}?=`;
const headerValue = fc
  .oneof(target, method)
  .map((value) => value.replaceAll('\u0000', ''))
  .chain((value) =>
    pick(value, value, value, base64(value), ` ${value}\t`, `${value},drop`, `=?base64?${value}?=`),
  );
const oddHeader = fc.oneof(
  fc.tuple(
    pick(
      'Mcp-Name',
      'MCP-NAME',
      'Mcp_Name',
      'Mcp-Method',
      'mcp_method',
      'Mcp-Name ',
      'X-Mcp-Name',
      'Mcp-Param-Region',
    ),
    headerValue,
  ),
  fc.tuple(pick('Content-Encoding'), pick('gzip', 'identity', 'br')),
  fc.tuple(pick('Connection'), pick('mcp-name', 'Mcp-Method, keep-alive', 'content-length')),
  fc.tuple(pick('Content-Type'), pick('application/json; charset=utf-16', 'text/plain')),
  fc.tuple(pick('Transfer-Encoding'), pick('chunked', 'gzip, chunked', 'identity')),
  fc.tuple(pick('Content-Length'), pick('0', '10', '+5', '5, 5')),
  fc.tuple(pick('Expect', 'Upgrade', 'X-HTTP-Method-Override'), pick('100-continue', 'h2c', 'GET')),
);

interface Sent {
  readonly body: Buffer;
  readonly headers: readonly (readonly [string, string])[];
  readonly chunks: number | undefined;
}

/** Often the headers say what the body says, so that requests get through whose disguise is in one place only. */
const sent: fc.Arbitrary<Sent> = fc
  .record({
    plain: json,
    toBytes,
    honest: pick(true, true, true, false),
    method,
    target,
    odd: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 2, arbitrary: fc.array(oddHeader, { maxLength: 2 }) },
    ),
    chunks: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
  })
  .map(({ plain, honest, odd, chunks, ...rest }) => {
    const sight = honest
      ? sightOf(Buffer.from(plain), { duplicates: 'last', ignoresCase: true, encoding: 'utf8' })
      : undefined;
    const said = typeof sight?.method === 'string' ? sight.method : rest.method;
    const named = typeof sight?.name === 'string' ? sight.name : rest.target;
    const headers: (readonly [string, string])[] = [
      ['Mcp-Method', said.trim()],
      ['Mcp-Name', /^[\x21-\x7e]+$/.test(named) ? named : base64(named)],
      ...odd,
    ];
    return { body: rest.toBytes(plain), headers, chunks };
  });

function wire({ body, headers, chunks }: Sent): Buffer {
  const all = [
    ['Host', 'localhost'],
    ['Content-Type', 'application/json'],
    ['MCP-Protocol-Version', '2026-07-28'],
    ...headers,
    ['Connection', 'close'],
    chunks === undefined ? ['Content-Length', String(body.length)] : ['Transfer-Encoding', 'chunked'],
  ];
  const head = all.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([
    Buffer.from(`POST /mcp HTTP/1.1\r\n${head}\r\n`),
    chunks === undefined ? body : chunked(body, chunks),
  ]);
}

function chunked(body: Buffer, size: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += size * 20) {
    const part = body.subarray(at, at + size * 20);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}

async function hunt(body: 'as-needed' | 'always', who: 'all' | 'comparing'): Promise<Map<unknown, number>> {
  const up = await upstream((req, res) => {
    req.resume();
    req.on('end', () => res.end('{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete"}}'));
  });
  const policy = { default: 'deny' as const, body, rules: RULES };
  const limits = { body: '8KiB', headerTime: '1s', requestTime: '1s' };
  const { port, gateway } = await gatewayTo([up.url], {}, { policy, limits });
  const through = new Map<unknown, number>();
  await fc.assert(
    fc.asyncProperty(sent, async (one) => {
      up.seen.length = 0;
      await exchangeBytes(port, wire(one));
      for (const seen of up.seen) {
        expect(wronglySeen(seen, who)).toEqual([]);
        through.set(seen.headers['mcp-method'], (through.get(seen.headers['mcp-method']) ?? 0) + 1);
      }
    }),
    { numRuns: 1000 },
  );
  expect(gateway.stats().inFlight).toBe(0);
  return through;
}

describe('the bytes that are authorised are the bytes that are forwarded', () => {
  it('whatever is sent, no server that holds headers and body together sees what is not permitted', async () => {
    const through = await hunt('as-needed', 'comparing');
    expect(through.get('tools/call')).toBeGreaterThan(2);
  }, 60_000);

  it('and with every body read, no server at all', async () => {
    const through = await hunt('always', 'all');
    expect(through.get('tools/call')).toBeGreaterThan(2);
  }, 60_000);

  it('the oracle sees what a lax gateway would let through', () => {
    const raw = (body: string, ...rawHeaders: string[]) =>
      wronglySeen({ rawHeaders, body, headers: {}, method: 'POST', target: '/' }, 'comparing');
    const call = (name: string, more = '') => `{"method":"tools/call",${more}"params":{"name":"${name}"}}`;
    expect(raw(call('look'), 'mcp-method', 'tools/call', 'mcp-name', 'look')).toEqual([]);
    expect(raw(call('drop'), 'mcp-method', 'tools/call', 'mcp-name', 'drop')).not.toEqual([]);
    expect(raw(call('drop'), 'mcp-method', 'tools/call', 'mcp-name', 'look', 'mcp_name', 'drop')).not.toEqual(
      [],
    );
    expect(
      raw(call('look', '"params":{"name":"drop"},'), 'mcp-method', 'tools/call', 'mcp-name', base64('drop')),
    ).not.toEqual([]);
    expect(
      raw(
        '{"method":"tools/call","params":{"name":"add","Arguments":{},"arguments":{"region":"eu","REGION":"us"}}}',
        'Mcp-Method',
        'tools/call',
        'Mcp-Name',
        'add',
      ),
    ).not.toEqual([]);
  });
});
