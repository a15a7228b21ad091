import type { Result } from '@switchyard/wire';
import { ERRORS, methodInfo, ProtocolError, reject, rejectionOf, resultMessage } from '@switchyard/wire';
import type { PreparedMessage } from './exchange.ts';
import type { Refusal } from './refusal.ts';
import type { Outcome } from './snapshot/prepared.ts';
import { Prepared } from './snapshot/prepared.ts';
import type { Walk } from './walk.ts';

/**
 * Does what the request asks, through the middleware. Returns a promise only where the operation waits.
 * @rejects 200 InternalError, with a reference to the log, for whatever the author's code throws, and without one beyond `limits.operationMs` and `limits.streams`
 * @rejects 200 InvalidParams for a form that was not filled in as asked, a `requestState` that does not open, a resource that is not there
 * @rejects 400 MissingRequiredClientCapability for a question that the client cannot ask its user
 */
export function dispatch(walk: Walk): void | Promise<void> {
  const span = walk.runtime.telemetry.start(walk);
  let outcome: Outcome | Promise<Outcome>;
  try {
    outcome = span === undefined ? operate(walk) : span.within(() => operate(walk));
  } catch (error) {
    fail(walk, error);
    span?.end(error);
    return;
  }
  if (!(outcome instanceof Promise)) {
    answer(walk, outcome);
    span?.end(undefined, outcome);
    return;
  }
  walk.runtime.inFlight.limit(walk);
  walk.exchange.onDisconnect((reason = 'The caller has gone.') => walk.abort(new Error(reason)));
  return outcome.then(
    (value) => {
      answer(walk, value);
      span?.end(undefined, value);
    },
    (error: unknown) => {
      fail(walk, error);
      span?.end(error);
    },
  );
}

function operate(walk: Walk): Outcome | Promise<Outcome> {
  const { operation, snapshot } = walk;
  if (operation === undefined) throw new Error('The methodKnown rung has not run.');
  if (snapshot.around === undefined || operation.method === 'subscriptions/listen')
    return operation.run(walk);
  return snapshot.around(walk, operation);
}

function answer(walk: Walk, outcome: Outcome): void {
  if (walk.aborted || outcome === undefined) {
    walk.drop();
    return;
  }
  try {
    walk.finish(encode(walk, outcome));
  } catch (error) {
    fail(walk, error);
  }
}

/** Answers with an error: a protocol error is the author's own answer; anything else is hidden behind a reference. */
export function fail(walk: Walk, error: unknown): void {
  if (walk.aborted) walk.drop();
  else
    walk.refuse(
      error instanceof ProtocolError && isSendable(error) ? rejectionOf(error) : hidden(walk, error),
    );
}

/**
 * Whether an author may answer with this error. Codes up to -32000 are the specification's: the ones about headers and
 * versions were decided before any handler ran, the one about capabilities must name them, and the old ones mean nothing.
 * See https://modelcontextprotocol.io/specification/2026-07-28/basic/index#error-codes.
 */
function isSendable({ code, data }: ProtocolError): boolean {
  if (code === ERRORS.MissingRequiredClientCapability.code) {
    return typeof data === 'object' && data !== null && 'requiredCapabilities' in data;
  }
  return code > -32000 || code < -32099;
}

function hidden(walk: Walk, error: unknown): Refusal {
  const where = `${walk.request?.method ?? ''} ${walk.name ?? ''}`.trim();
  const reference = walk.runtime.reportError(error, where);
  return reject('InternalError', `Internal error. The server's log has the details under ${reference}.`);
}

/**
 * Writes the result: its type is one that the caller can read, and it says which server made it.
 * @rejects 200 InternalError, with a reference to the log, for a result of a type that the caller has not declared
 */
function encode(walk: Walk, outcome: Result | Prepared): string | PreparedMessage {
  const id = walk.id ?? '';
  if (outcome instanceof Prepared) {
    if (outcome.bytes === undefined) return resultMessage(id, outcome.json);
    return { head: `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":`, bytes: outcome.bytes };
  }
  checkResultType(walk, outcome);
  return resultMessage(id, withMeta(outcome, walk.snapshot.meta, walk.snapshot.metaJson));
}

/** Every result carries the server's name; where it has no `_meta` of its own, by splicing text. */
function withMeta(
  result: Result,
  meta: Readonly<Record<string, unknown>> | undefined,
  metaJson: string | undefined,
): string {
  if (meta === undefined || metaJson === undefined) return JSON.stringify(result);
  if (result._meta !== undefined) return JSON.stringify({ ...result, _meta: { ...meta, ...result._meta } });
  return `{"_meta":${metaJson},${JSON.stringify(result).slice(1)}`;
}

/** A caller can only read the types of result that it knows: the core's, and those of extensions that it declared. */
function checkResultType(walk: Walk, { resultType }: Result): void {
  if (resultType === 'complete') return;
  const method = walk.request?.method ?? '';
  if (resultType === 'input_required' && methodInfo(method)?.inputRounds === true) return;
  const declared = walk.caller.clientCapabilities.extensions ?? {};
  for (const { id, resultTypes } of walk.snapshot.extensions.values()) {
    if (Object.hasOwn(declared, id) && resultTypes.has(resultType)) return;
  }
  throw new Error(`A result of type '${String(resultType)}' cannot be sent in answer to this ${method}.`);
}
