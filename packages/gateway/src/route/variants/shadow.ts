import type { Definitions } from '../../definitions/definitions.ts';
import type { Exchange } from '../../exchange.ts';
import type { ForwardContext } from '../../forward/forwarding.ts';
import { messageOf } from '../../message/read-body.ts';
import type { LiveServer, LiveVariant } from '../../plan/live.ts';
import type { Plan } from '../../plan/plan.ts';
import { isRefusal } from '../../refusal.ts';
import type { Outcome, Stage } from '../../stage.ts';
import { Mirror } from './mirror.ts';

/** What copying requests needs. */
export interface ShadowContext {
  readonly definitions: Definitions;
  readonly forwarding: ForwardContext;
  readonly random: () => number;
}

/** Larger requests are not copied: to hold them would delay their callers. */
const LARGEST_COPIED_BYTES = 64 * 1024;

/** Has shadows get copies of requests that one server gets; `undefined` for a plan without any. */
export function shadowStage(plan: Plan, context: ShadowContext): Stage | undefined {
  if (plan.servers.every(({ shadow }) => shadow === undefined)) return undefined;
  return {
    name: 'shadow',
    enter(exchange) {
      const { server, head } = exchange.request;
      if (
        server?.shadow === undefined ||
        (head.contentLength ?? Number.POSITIVE_INFINITY) > LARGEST_COPIED_BYTES
      )
        return undefined;
      return isCopied(exchange, { server, shadow: server.shadow, context })
        ? mirror(exchange, { server, shadow: server.shadow, context })
        : undefined;
    },
  };
}

// ---

interface Copying {
  readonly server: LiveServer;
  readonly shadow: LiveVariant;
  readonly context: ShadowContext;
}

const SHOWING: ReadonlySet<string> = new Set([
  'server/discover',
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
]);

function isCopied(exchange: Exchange, { server, shadow, context }: Copying): boolean {
  const { method, name } = exchange.request;
  if (context.random() >= shadow.share) return false;
  if (SHOWING.has(method)) return shadow.tools === undefined;
  if (method !== 'tools/call' || name === undefined || shadow.tools?.has(name) === false) return false;
  const tools = context.definitions.membersOf({ exchange, server, list: 'tools/list' });
  // What is not known yet is not waited for: the next call of the tool will know.
  return !(tools instanceof Promise) && isHarmless(tools.get(name));
}

/** Whether the server itself declares that calling the tool once more changes nothing. */
function isHarmless(tool: Readonly<Record<string, unknown>> | undefined): boolean {
  const hints = tool?.['annotations'];
  if (typeof hints !== 'object' || hints === null) return false;
  const { readOnlyHint, idempotentHint } = hints as Partial<Record<string, unknown>>; // an object, looked at above
  return readOnlyHint === true || idempotentHint === true;
}

async function mirror(exchange: Exchange, { server, shadow, context }: Copying): Promise<Outcome> {
  const message = await messageOf(exchange);
  if (isRefusal(message)) return message;
  const { request } = message;
  // A round of input goes on where it began.
  if (request.params?.['requestState'] !== undefined) return undefined;
  const { method, name } = exchange.request;
  exchange.mirror = new Mirror({ server, shadow, method, name, id: request.id, context: context.forwarding });
  return undefined;
}
