import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Accepted } from './accept/accept.ts';
import { Head } from './accept/head.ts';
import { planOf } from './config/parse.ts';
import { secretsFrom } from './config/secret.ts';
import { type Ending, Exchange } from './exchange.ts';
import { LivePlan } from './plan/live.ts';
import { type Refusal, refuse } from './refusal.ts';
import { Fleet } from './route/fleet.ts';
import { ANSWERED, type Outcome, runStages, type Stage } from './stage.ts';

function exchange(): Exchange {
  const random = () => 0;
  const plan = planOf({ servers: { s: { replicas: ['http://127.0.0.1:1/'] } } });
  const live = new LivePlan(plan, {
    fleet: new Fleet({
      now: () => 0,
      random,
      log: () => {},
      clock: () => 0,
      secrets: secretsFrom({ env: {}, log: () => {} }),
    }),
    random,
  });
  const door = [...live.byPath.values()][0];
  if (door === undefined) throw new Error('no door');
  const req = new IncomingMessage(new Socket());
  return new Exchange(req, new ServerResponse(req), { live, request: new Accepted(door, new Head(), '') });
}

/** Runs stages with these outcomes and tells what happened, in order. */
async function run(
  outcomes: readonly (() => Outcome | Promise<Outcome>)[],
  one = exchange(),
): Promise<string[]> {
  const story: string[] = [];
  const stages: Stage[] = outcomes.map((outcome, i) => ({
    name: `stage ${i}`,
    enter: () => {
      story.push(`stage ${i}`);
      return outcome();
    },
  }));
  runStages(stages, one, {
    finish: () => story.push('finish'),
    refused: (_, refusal) => story.push(`refused ${refusal.reason}`),
    failed: (_, error) => story.push(`failed ${String(error)}`),
  });
  story.push('returned');
  await new Promise((resolve) => setImmediate(resolve));
  return story;
}

const goOn = () => undefined;
const no = (): Refusal => refuse('overloaded');

describe('stages', () => {
  it('run in order and without a tick where none waits', async () => {
    expect(await run([goOn, goOn])).toEqual(['stage 0', 'stage 1', 'finish', 'returned']);
    expect(await run([])).toEqual(['finish', 'returned']);
  });

  it('wait for one another', async () => {
    const story = ['stage 0', 'stage 1', 'returned', 'stage 2', 'finish'];
    expect(await run([goOn, async () => undefined, goOn])).toEqual(story);
  });

  it('stop at a refusal, at once or later', async () => {
    expect(await run([no, goOn])).toEqual(['stage 0', 'refused overloaded', 'returned']);
    expect(await run([async () => no(), goOn])).toEqual(['stage 0', 'returned', 'refused overloaded']);
  });

  it('stop where one has answered itself', async () => {
    expect(await run([() => ANSWERED, goOn])).toEqual(['stage 0', 'returned']);
    expect(await run([async () => ANSWERED as Outcome, goOn])).toEqual(['stage 0', 'returned']);
  });

  it('fail without forwarding when one throws, at once or later', async () => {
    const throws = () => {
      throw new Error('boom');
    };
    expect(await run([throws, goOn])).toEqual(['stage 0', 'failed Error: boom', 'returned']);
    expect(await run([async () => throws(), goOn])).toEqual(['stage 0', 'returned', 'failed Error: boom']);
    expect(await run([async () => undefined, throws])).toEqual([
      'stage 0',
      'returned',
      'stage 1',
      'failed Error: boom',
    ]);
  });

  it('do not go on for a caller who has left meanwhile', async () => {
    const one = exchange();
    const leaves = async () => {
      one.end();
      return undefined;
    };
    expect(await run([leaves, goOn], one)).toEqual(['stage 0', 'returned']);
  });

  it('give back what they took when the exchange ends, once, last first', () => {
    const one = exchange();
    const endings: [string, Ending][] = [];
    one.onEnd((ending) => endings.push(['first', ending]));
    one.onEnd((ending) => endings.push(['second', ending]));
    one.refusedFor = 'overloaded';
    one.end();
    one.end();
    const ending = { status: undefined, complete: false, refusedFor: 'overloaded' };
    expect(endings).toEqual([
      ['second', ending],
      ['first', ending],
    ]);
  });
});
