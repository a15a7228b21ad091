import type { Definitions } from '../definitions/definitions.ts';
import type { Exchange } from '../exchange.ts';
import type { LiveServer } from '../plan/live.ts';
import { isRefusal } from '../refusal.ts';
import type { Outcome, Stage } from '../stage.ts';
import { refuseUnknown } from '../unknown-name.ts';
import type { Guard } from './guard.ts';
import { DEFINED_IN, PINNED_LISTS } from './kinds.ts';

/** What the stage needs. */
export interface IntegrityParts {
  readonly guard: Guard;
  readonly definitions: Definitions;
  /** Lets go of the store. */
  readonly release: () => Promise<void>;
}

/**
 * Lets nobody use what is quarantined: it is unknown, as is whatever the server does not list. The definitions are the
 * server's own, asked for where they are not known, so that a call needs no list before it.
 */
export function integrityStage(parts: IntegrityParts): Stage {
  return {
    name: 'integrity',
    enter(exchange) {
      const { server, method } = exchange.request;
      return server === undefined || !DEFINED_IN.has(method) ? undefined : hold(exchange, server, parts);
    },
    close: parts.release,
  };
}

// ---

async function hold(exchange: Exchange, server: LiveServer, parts: IntegrityParts): Promise<Outcome> {
  const { method, name = '' } = exchange.request;
  const list = DEFINED_IN.get(method) ?? 'tools/list';
  const members = await parts.definitions.membersOf({ exchange, server, list });
  if (isRefusal(members)) return members;
  const definition = members.get(name);
  const kind = PINNED_LISTS.get(list)?.kind ?? 'tool';
  const [judged] =
    definition === undefined ? [] : await parts.guard.judge(server.plan.name, kind, [{ name, definition }]);
  if (judged?.shown !== undefined) return undefined;
  const rule = judged?.findings.map(({ what }) => what).join(', ') ?? 'not listed';
  exchange.note({ stage: 'integrity', decision: 'denied', rule });
  return refuseUnknown(method, exchange.request.called);
}
