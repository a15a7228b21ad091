import type { IncomingMessage } from 'node:http';
import type { Door, LivePlan } from '../plan/live.ts';
import type { Plan } from '../plan/plan.ts';
import { type Head, readHead } from './head.ts';
import { type RequestTarget, readTarget } from './target.ts';

/** A request that has not been let in yet. */
export class Knock {
  readonly req: IncomingMessage;
  readonly head: Head;
  /** `undefined` for a request target that cannot be understood. */
  readonly target: RequestTarget | undefined;
  /** What is at the target's path, if anything. */
  readonly door: Door | undefined;
  readonly plan: Plan;
  readonly pseudonym: string;

  constructor(req: IncomingMessage, live: LivePlan, pseudonym: string) {
    this.req = req;
    this.head = readHead(req.rawHeaders);
    this.target = readTarget(req.url ?? '');
    this.door = this.target === undefined ? undefined : live.byPath.get(this.target.path);
    this.plan = live.plan;
    this.pseudonym = pseudonym;
  }
}
