import { ERRORS, PROTOCOL_VERSION } from '@switchyard/wire';
import type { Exam } from './exam.ts';
import { asObject, describe, errorOf, type Reply, resultOf } from './reply.ts';

/** What a server is, before anything is looked at closely. */
export interface Era {
  readonly kind: 'modern' | 'guarded' | 'legacy' | 'other-revision' | 'not-mcp' | 'unavailable';
  /** For people, as a sentence. */
  readonly text: string;
}

/** Finds out what answers at the endpoint. Rejects with `NoAnswer` where nothing does. Spec: basic/versioning#backward-compatibility. */
export async function findEra(exam: Exam): Promise<Era> {
  const reply = await exam.discover();
  const known = eraOf(exam, reply);
  if (known !== undefined) return known;
  const handshake = await exam.handshake();
  const legacy = legacyOf(handshake);
  if (legacy !== undefined) return legacy;
  if (await opensEventStream(exam))
    return { kind: 'legacy', text: `${OLD} It speaks HTTP+SSE of 2024-11-05. ${MEND}` };
  if (errorOf(reply) !== undefined) return { kind: 'modern', text: 'It refuses server/discover.' };
  const kind = reply.status >= 500 ? 'unavailable' : 'not-mcp';
  return { kind, text: `What answers at this URL is no MCP server: ${describe(reply)}. Is the path right?` };
}

// ---

const OLD = `The server does not speak revision ${PROTOCOL_VERSION}.`;
const MEND = `Serve ${PROTOCOL_VERSION} at this endpoint; until then, only clients of its revision can use it.`;

const MODERN: ReadonlySet<unknown> = new Set([
  ERRORS.HeaderMismatch.code,
  ERRORS.MissingRequiredClientCapability.code,
  ERRORS.UnsupportedProtocolVersion.code,
]);

const UNAVAILABLE: ReadonlySet<number> = new Set([502, 503, 504]);

function eraOf({ probe }: Exam, reply: Reply): Era | undefined {
  if (resultOf(reply) !== undefined) return { kind: 'modern', text: `It speaks ${PROTOCOL_VERSION}.` };
  const error = errorOf(reply);
  if (reply.status === 401 || (reply.status === 403 && error === undefined)) {
    const text = probe.hasCredentials
      ? `The server refuses the token (${reply.status}).`
      : `The server wants a token (${reply.status}): only what it says about authorization can be looked at. "switchyard login" gets one; --token gives one.`;
    return { kind: 'guarded', text };
  }
  // A gateway whose servers are down says nothing of what they are.
  if (UNAVAILABLE.has(reply.status))
    return { kind: 'unavailable', text: `The server cannot be used now: ${describe(reply)}.` };
  const { supported } = asObject(error?.data);
  if (
    error?.code === ERRORS.UnsupportedProtocolVersion.code &&
    Array.isArray(supported) &&
    !supported.includes(PROTOCOL_VERSION)
  ) {
    return {
      kind: 'other-revision',
      text: `${OLD} It speaks ${supported.join(', ').slice(0, 200)}. ${MEND}`,
    };
  }
  return MODERN.has(error?.code) ? { kind: 'modern', text: 'It refuses server/discover.' } : undefined;
}

function legacyOf(handshake: Reply): Era | undefined {
  const result = resultOf(handshake);
  const version = result?.['protocolVersion'];
  if (typeof version !== 'string') return undefined;
  const { name } = asObject(result?.['serverInfo']);
  const who = typeof name === 'string' ? ` ("${name.slice(0, 80)}")` : '';
  return {
    kind: 'legacy',
    text: `${OLD} It${who} speaks ${version.slice(0, 40)}, which begins with the initialize handshake. ${MEND}`,
  };
}

/** The transport of 2024-11-05 begins with a GET, whose first event names where to post. */
async function opensEventStream({ probe }: Exam): Promise<boolean> {
  const reply = await probe
    .send({ verb: 'GET', headers: { accept: 'text/event-stream' }, enough: () => true })
    .catch(() => undefined);
  return reply?.status === 200 && reply.mediaType === 'text/event-stream';
}
