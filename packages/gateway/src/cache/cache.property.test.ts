import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Result } from '@switchyard/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Accepted } from '../accept/accept.ts';
import { readHead } from '../accept/head.ts';
import { planOf } from '../config/parse.ts';
import { secretsFrom } from '../config/secret.ts';
import { Exchange } from '../exchange.ts';
import { LivePlan } from '../plan/live.ts';
import { Fleet } from '../route/fleet.ts';
import type { Question } from '../surface/question.ts';
import { isSaid, type SaidResult } from '../surface/said.ts';
import { ResponseCache } from './cache.ts';
import { MemoryStore } from './memory-store.ts';

const CALLERS = ['anna', 'ben'] as const;
const SERVERS = ['open', 'passing', 'trusted'] as const;
const TOPIC = { 'tools/list': 'tools', 'prompts/list': 'prompts' } as const;
type Method = keyof typeof TOPIC;

/** What a result says of itself beside its hints, so that it can be held against what it is given out for. */
interface Stamp {
  readonly server: string;
  readonly method: string;
  readonly cursor: string;
  readonly caller: string | undefined;
  readonly version: number;
  readonly at: number;
  readonly ttl: number;
  readonly scope: string | undefined;
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      caller: fc.option(fc.constantFrom(...CALLERS), { nil: undefined }),
      server: fc.constantFrom(...SERVERS),
      method: fc.constantFrom<Method>('tools/list', 'prompts/list'),
      cursor: fc.constantFrom('', 'x'),
      round: fc.constantFrom(false, false, false, true),
      hints: fc.record({
        ttl: fc.constantFrom(0, -1, 10, 1000),
        scope: fc.constantFrom('public', 'private', undefined),
        type: fc.constantFrom('complete', 'complete', 'complete', 'input_required'),
      }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 9, 10, 500, 1000) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('change' as const),
      server: fc.constantFrom(...SERVERS),
      method: fc.constantFrom<Method>('tools/list', 'prompts/list'),
    }),
  },
);

const live = liveServers();

describe('a cache, whatever its history', () => {
  it('gives nothing that a fresh server would not have been allowed to have given this caller', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer({ min: 2, max: 8 }), play),
      {
        numRuns: 60,
      },
    );
  });
});

async function play(
  history: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[],
  together: number,
) {
  let clock = 0;
  const versions = new Map<string, number>();
  const versionOf = (server: string, method: string) => versions.get(`${server} ${method}`) ?? 0;
  let hints: { ttl: number; scope: string | undefined; type: string } = {
    ttl: 0,
    scope: 'public',
    type: 'complete',
  };
  const cache = new ResponseCache({
    plan: planOf({ servers: { s: { replicas: ['http://h/'] } }, cache: {} }).cache ?? fail(),
    store: new MemoryStore(20_000, () => clock),
    clock: () => clock,
    kept: () => {},
    source: {
      ask: async (question) => {
        const { server, method, params } = question;
        const { name, authorization } = server.plan;
        const caller = authorization === 'pass' ? callerIn(question.headers) : undefined;
        const stamp: Stamp = {
          ...{ server: name, method, cursor: String(params['cursor'] ?? ''), caller },
          ...{ version: versionOf(name, method), at: clock, ttl: hints.ttl, scope: hints.scope },
        };
        await Promise.resolve();
        const result = { resultType: hints.type, ttlMs: hints.ttl, cacheScope: hints.scope, stamp };
        // The shape is that of a result.
        return { kind: 'result', result: result as unknown as Result, notifications: [] };
      },
    },
  });
  for (const event of history) {
    if (event.do === 'wait') clock += event.ms;
    else if (event.do === 'change') {
      versions.set(`${event.server} ${event.method}`, versionOf(event.server, event.method) + 1);
      cache.drop(event.server, TOPIC[event.method]);
    } else {
      hints = event.hints;
      const { server, method, caller, cursor, round } = event;
      const question = live.question(server, { method, caller, cursor, round });
      const others = CALLERS.map((other) => live.question(server, { method, caller: other, cursor, round }));
      const asked = [question, ...Array.from({ length: together }, (_, i) => others[i % 2] ?? question)];
      const answers = await Promise.all(asked.map(async (one) => [one, await cache.ask(one)] as const));
      for (const [one, said] of answers) {
        if (!isSaid(said) || said.kind !== 'result') throw new Error('the source always answers');
        check(one, said, { clock, version: versionOf(server, method), round });
      }
    }
  }
}

function check(
  question: Question,
  { result }: SaidResult,
  { clock, version, round }: { clock: number; version: number; round: boolean },
): void {
  const stamp = result['stamp'] as Stamp;
  const { plan } = question.server;
  expect([stamp.server, stamp.method, stamp.cursor]).toEqual([
    plan.name,
    question.method,
    String(question.params['cursor'] ?? ''),
  ]);
  const caller = plan.authorization === 'pass' ? callerIn(question.headers) : undefined;
  const now = stamp.at === clock;
  // Kept answers: within their time, of the present version, whole, and of no round.
  if (!now) {
    expect(clock - stamp.at).toBeLessThan(stamp.ttl);
    expect([result['resultType'], round]).toEqual(['complete', false]);
  }
  expect(stamp.version).toBe(version);
  if (result['resultType'] === 'complete') expect(result['ttlMs']).toBeLessThanOrEqual(stamp.ttl);
  const shared = stamp.scope === 'public' && plan.cache.trusted;
  if (plan.authorization === 'pass' && !shared) {
    expect(stamp.caller).toBe(caller);
    const shrinks = caller !== undefined && !round && result['resultType'] === 'complete';
    if (shrinks) expect(result['cacheScope']).toBe('private');
  }
}

interface Wish {
  readonly method: Method;
  readonly caller: string | undefined;
  readonly cursor: string;
  readonly round: boolean;
}

function liveServers() {
  const random = () => 0;
  const replicas = ['http://h/'];
  const pass = { replicas, authorization: 'pass' } as const;
  const plan = planOf({
    servers: { open: { replicas }, passing: pass, trusted: { ...pass, trusted: true } },
    cache: {},
  });
  const secrets = secretsFrom({ env: {}, log: () => {} });
  const live = new LivePlan(plan, {
    fleet: new Fleet({ now: () => 0, random, clock: () => 0, log: () => {}, secrets }),
    random,
  });
  const questions = new Map<string, Question>();
  return {
    question(name: string, { method, caller, cursor, round }: Wish): Question {
      const known = `${name} ${method} ${caller} ${cursor} ${round}`;
      const before = questions.get(known);
      if (before !== undefined) return before;
      const server = live.servers.find((each) => each.plan.name === name) ?? fail();
      const door = live.byPath.get(server.plan.path) ?? fail();
      const credentials = caller === undefined ? [] : ['authorization', `Bearer ${caller}`];
      const head = readHead(['mcp-method', method, ...credentials]);
      const req = new IncomingMessage(new Socket());
      const exchange = new Exchange(req, new ServerResponse(req), {
        live,
        request: new Accepted(door, head, ''),
      });
      const params = {
        ...(cursor === '' ? {} : { cursor }),
        ...(round ? { requestState: 's' } : {}),
        _meta: {},
      };
      const passed = server.plan.authorization === 'pass' ? credentials : [];
      const headers = [...head.outbound, ...passed];
      const parts = { exchange, server, method, params, id: 1, headers };
      const question = { ...parts, body: Buffer.alloc(0), query: '', replica: undefined };
      questions.set(known, question);
      return question;
    },
  };
}

function callerIn(headers: readonly string[]): string | undefined {
  const at = headers.indexOf('authorization');
  return at === -1 ? undefined : headers[at + 1]?.replace('Bearer ', '');
}

function fail(): never {
  throw new Error('not there');
}
