import type { IncomingMessage } from 'node:http';
import type { Door, LiveFederation, LivePlan, LiveServer } from '../plan/live.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { Head } from './head.ts';
import { Knock } from './knock.ts';
import { mirroredName, RUNGS } from './rungs.ts';

/** What is known of a request once it is let in: all of it from the request line and the header section. */
export class Accepted {
  readonly door: Door;
  /**
   * The server that the request is for, as far as the request line and the header section tell; `federate` knows more once
   * it has read the body.
   */
  server: LiveServer | undefined;
  /** `Mcp-Method`: visible ASCII, not necessarily a method of this revision. */
  readonly method: string;
  /** `Mcp-Name`, decoded, and the server's own name where a federation's was sent; only for the methods that have one. */
  name: string | undefined;
  /** The name as the caller has written it: on a federated path it is qualified. */
  called: string | undefined;
  /** The query of the request target, with its `?`, or empty. */
  readonly query: string;
  readonly head: Head;

  constructor(door: Door, head: Head, query: string) {
    this.door = door;
    this.server = door.server;
    this.method = head.method ?? '';
    this.name = mirroredName(head);
    this.called = this.name;
    this.query = query;
    this.head = head;
    if (door.federation !== undefined) this.#resolve(door.federation);
  }

  #resolve({ qualifier, servers }: LiveFederation): void {
    if (this.name === undefined) {
      this.server = servers.get(qualifier.plan.methods.get(this.method) ?? '');
      return;
    }
    const resolved = qualifier.resolve(this.method, this.name);
    if (resolved === undefined) return;
    this.server = servers.get(resolved.member.server);
    this.name = resolved.name;
  }
}

/** What the gateway knows of itself while it lets requests in. */
export interface AcceptContext {
  readonly live: LivePlan;
  /** The name that this instance signs `Via` with. */
  readonly pseudonym: string;
}

/** Lets a request in or refuses it, from its request line and header section alone; the order is that of `RUNGS`. */
export function accept(req: IncomingMessage, context: AcceptContext): Accepted | Refusal {
  const knock = new Knock(req, context.live, context.pseudonym);
  for (const rung of RUNGS) {
    const refusal = rung(knock);
    if (refusal !== undefined) return refusal;
  }
  const { door, head, target } = knock;
  return door === undefined ? refuse('no-such-path') : new Accepted(door, head, target?.query ?? '');
}
