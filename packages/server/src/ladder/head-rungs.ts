import { reject } from '@switchyard/wire';
import type { Denial } from '../identity/principal.ts';
import { checkedIdentity, deny, isDenial } from '../identity/principal.ts';
import type { Refusal } from '../refusal.ts';
import type { Walk } from '../walk.ts';

/**
 * The rungs that need no body. They are climbed before it is read, over HTTP only.
 * The page docs/reference/lifecycle.md is this list and the one in body-rungs.ts.
 */
export const HEAD_RUNGS: readonly HeadRung[] = [hostAndOrigin, verb, mediaType, size];

/** One check before the body: lets the walk go on, or refuses it. */
export type HeadRung = (walk: Walk) => Refusal | undefined;

/**
 * Only POST carries messages; GET and DELETE belonged to sessions of earlier revisions.
 * @rejects 405 InvalidRequest for any other method, with `Allow`
 */
function verb({ exchange }: Walk): Refusal | undefined {
  if (exchange.verb === 'POST') return undefined;
  return { ...reject('InvalidRequest', 'Send messages with POST.'), status: 405, headers: { allow: 'POST' } };
}

/**
 * The body is JSON, and the caller takes JSON or an event stream.
 * @rejects 415 InvalidRequest for another `Content-Type`
 * @rejects 406 InvalidRequest where `Accept` takes neither
 */
function mediaType(walk: Walk): Refusal | undefined {
  const type = walk.exchange.header('content-type');
  if (type !== JSON_TYPE && !isJson(type)) {
    return { ...reject('InvalidRequest', 'Send Content-Type: application/json.'), status: 415 };
  }
  const accept = walk.exchange.header('accept');
  if (accept === undefined || accept === BOTH) return undefined;
  const takesJson = accepts(accept, 'application', 'json');
  walk.acceptsStream = accepts(accept, 'text', 'event-stream');
  if (takesJson || walk.acceptsStream) return undefined;
  return { ...reject('InvalidRequest', `Send Accept: ${BOTH}.`), status: 406 };
}

/**
 * A body that says beforehand that it is too large is not read.
 * @rejects 413 InvalidRequest beyond `limits.bodyBytes`, also where only reading shows it
 */
function size({ exchange, runtime }: Walk): Refusal | undefined {
  const length = exchange.header('content-length');
  return length !== undefined && Number(length) > runtime.limits.bodyBytes
    ? tooLarge(runtime.limits.bodyBytes)
    : undefined;
}

/**
 * The caller reached the server by a name that it is known by, and no unknown web page sent it: against DNS rebinding.
 * @rejects 403 InvalidRequest for a `Host` or an `Origin` that is not allowed
 */
function hostAndOrigin({ exchange, runtime }: Walk): Refusal | undefined {
  return runtime.hosts.check(exchange.header('host'), exchange.header('origin'));
}

/**
 * Establishes the principal, or refuses with a challenge. Only a server with an `authenticate` hook waits here.
 * @rejects 401 InvalidRequest, with `WWW-Authenticate`, where the hook recognises nobody
 * @rejects 403 InvalidRequest, with `WWW-Authenticate`, where the hook says so
 * @rejects 503 InternalError, with `Retry-After`, where the hook fails
 */
export function identify(walk: Walk): Refusal | undefined | Promise<Refusal | undefined> {
  const { authenticate } = walk.runtime;
  if (authenticate === undefined) return undefined;
  return identifyWith(walk, authenticate);
}

async function identifyWith(
  walk: Walk,
  authenticate: NonNullable<Walk['runtime']['authenticate']>,
): Promise<Refusal | undefined> {
  const { exchange, runtime } = walk;
  // A hook that never comes back must not hold its callers, and the server, for ever.
  runtime.inFlight.limit(walk);
  try {
    const given = await authenticate({
      verb: exchange.verb,
      header: (name) => exchange.header(name),
      alsoSend(headers) {
        // A hook that takes too long is answered for.
        if (!walk.done) exchange.alsoSend(headers);
      },
    });
    const identity = checkedIdentity(given ?? deny(401));
    if (isDenial(identity)) return denied(identity);
    walk.principal = identity;
    return undefined;
  } catch (error) {
    runtime.reportError(error, 'authenticate');
    return {
      ...reject('InternalError', 'The caller could not be identified.'),
      status: 503,
      headers: { 'retry-after': '1' },
    };
  }
}

/** The refusal of a body beyond the limit. The connection ends with it: the rest of the body is not wanted. */
export function tooLarge(limit: number): Refusal {
  const refusal = reject('InvalidRequest', `The body is larger than ${limit} bytes.`);
  return { ...refusal, status: 413, headers: { connection: 'close' } };
}

function denied({ status, challenge = 'Bearer' }: Denial): Refusal {
  const message =
    status === 401 ? 'Credentials are missing or not valid.' : 'The credentials do not permit this.';
  return { ...reject('InvalidRequest', message), status, headers: { 'www-authenticate': challenge } };
}

const JSON_TYPE = 'application/json';
const BOTH = 'application/json, text/event-stream';

function isJson(type: string | undefined): boolean {
  return type !== undefined && /^application\/json\s*(?:;|$)/i.test(type);
}

/** Whether an Accept header takes a media type; a range with `q=0` does not count. */
function accepts(accept: string, type: string, subtype: string): boolean {
  return accept.split(',').some((range) => {
    const [media = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const [t, s] = media.split('/');
    if (parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))) return false;
    return (t === '*' || t === type) && (s === '*' || s === subtype);
  });
}
