import type { JSONRPCNotification, ParseOutcome } from '@switchyard/wire';
import {
  checkParsed,
  checkStandardHeaders,
  HEADER,
  META,
  PROTOCOL_VERSION,
  parseMessage,
  readEnvelope,
  reject,
  rejectMissingCapability,
  rejectUnsupportedVersion,
} from '@switchyard/wire';
import { declares } from '../operations/declares.ts';
import { shown } from '../operations/shown.ts';
import type { Refusal } from '../refusal.ts';
import type { Walk } from '../walk.ts';

/** What a front read as the body: text, bytes, or what a framework parsed already. */
export type Body = string | Uint8Array | { readonly parsed: unknown };

/** One check after the message is parsed: lets the walk go on, or refuses it. */
export type BodyRung = (walk: Walk) => Refusal | undefined;

/** The rungs that look at the message, in order; over stdio the one about headers is skipped. */
export const BODY_RUNGS: readonly BodyRung[] = [
  handshake,
  headersAgree,
  version,
  envelope,
  methodKnown,
  capability,
  params,
  rate,
];

/** The revisions that a server of this package speaks. */
export const SUPPORTED_VERSIONS: readonly string[] = [PROTOCOL_VERSION];

/**
 * Reads the message. A notification is acknowledged with 202 and goes no further.
 * @rejects 400 ParseError for what is not JSON, or not UTF-8
 * @rejects 400 InvalidRequest for what is not one JSON-RPC request or notification within the limits
 */
export function parse(walk: Walk, body: Body): ParseOutcome {
  const { bodyBytes, depth } = walk.runtime.limits;
  if (typeof body === 'string' || body instanceof Uint8Array) {
    walk.source = body;
    return parseMessage(body, { maxBytes: bodyBytes, maxDepth: depth });
  }
  return checkParsed(body.parsed, { maxDepth: depth });
}

/**
 * A notification is accepted, and nothing comes of it over HTTP. Headers are not required, but what they say must be so.
 * @rejects 400 HeaderMismatch where `Mcp-Method` names another method
 * @rejects 400 UnsupportedProtocolVersion
 */
export function notification({ exchange }: Walk, { method }: JSONRPCNotification): Refusal | undefined {
  const named = exchange.header(HEADER.method);
  if (named !== undefined && named !== method) return mismatch('Mcp-Method is not the method of the body');
  const version = exchange.header(HEADER.protocolVersion);
  return version === undefined || version === PROTOCOL_VERSION ? undefined : unsupported(version);
}

/**
 * A client of an earlier revision opens with `initialize`: the error is the only place to tell it what is spoken here.
 * @rejects 400 UnsupportedProtocolVersion, with the revisions that are spoken
 */
function handshake({ request, params }: Walk): Refusal | undefined {
  if (request?.method !== 'initialize' || bodyVersion(params) !== undefined) return undefined;
  const { protocolVersion } = params;
  return unsupported(typeof protocolVersion === 'string' ? protocolVersion : 'initialize');
}

/**
 * Whoever routed the request went by its headers: they must say what the body says. Skipped over stdio.
 * @rejects 400 HeaderMismatch
 * @rejects 400 UnsupportedProtocolVersion where only the header names a revision, and it is not spoken
 */
function headersAgree(walk: Walk): Refusal | undefined {
  const { exchange, request, params, snapshot } = walk;
  if (exchange.transport === 'stdio' || request === undefined) return undefined;
  const headerVersion = exchange.header(HEADER.protocolVersion);
  if (headerVersion === undefined) return mismatch('MCP-Protocol-Version is missing');
  const version = bodyVersion(params);
  if (version !== undefined && version !== headerVersion)
    return mismatch('MCP-Protocol-Version is not what _meta says');
  if (version === undefined && headerVersion !== PROTOCOL_VERSION) return unsupported(headerVersion);
  const nameParam = snapshot.operations.get(request.method)?.nameParam;
  const fault = checkStandardHeaders(request, (name) => exchange.header(name), nameParam);
  return fault === undefined ? undefined : mismatch(fault);
}

/**
 * A revision that is not spoken is refused with the ones that are.
 * @rejects 400 UnsupportedProtocolVersion, with the revisions that are spoken
 */
function version({ params }: Walk): Refusal | undefined {
  const requested = bodyVersion(params);
  return requested === undefined || requested === PROTOCOL_VERSION ? undefined : unsupported(requested);
}

/**
 * Every request says in `_meta` what it is: version, capabilities, and who sends it.
 * @rejects 400 InvalidParams, naming the field that is missing or of the wrong type
 */
function envelope(walk: Walk): Refusal | undefined {
  const read = readEnvelope(walk.params);
  if (!read.ok) return read.rejection;
  walk.envelope = read.envelope;
  return undefined;
}

/**
 * The method is one that the server offers, with its definitions and extensions as they are now.
 * @rejects 404 MethodNotFound
 */
function methodKnown(walk: Walk): Refusal | undefined {
  const method = walk.request?.method ?? '';
  walk.operation = walk.snapshot.operations.get(method);
  if (walk.operation !== undefined) return undefined;
  const data = method === 'initialize' ? { supported: SUPPORTED_VERSIONS } : undefined;
  return reject('MethodNotFound', `Method not found: ${shown(method)}`, data);
}

/**
 * What an extension adds, a method or what `subscriptions/listen` may ask for, is served only to requests that declare it.
 * @rejects 400 MissingRequiredClientCapability, with the extension
 */
function capability(walk: Walk): Refusal | undefined {
  const { operation } = walk;
  const extension = operation?.extension ?? operation?.undeclared?.(walk);
  if (extension === undefined || declares(walk, extension)) return undefined;
  return rejectMissingCapability({ extensions: { [extension]: {} } });
}

/**
 * The operation's own rung: parameters, what they name, and whether the caller may use it.
 * @rejects 200 InvalidParams for parameters that do not fit, and for what is not there or not visible to the caller
 * @rejects 400 HeaderMismatch where an `Mcp-Param-` header is missing or says another thing than the argument
 * @rejects 400 MissingRequiredClientCapability for a tool that `requires` what the client has not declared
 * @rejects 406 InvalidRequest for `subscriptions/listen` where `Accept` takes no event stream
 */
function params(walk: Walk): Refusal | undefined {
  return walk.operation?.prepare(walk);
}

/**
 * A caller who asks too often is told when to come back.
 * @rejects 429 InternalError, with `Retry-After`, where the `rateLimit` says so
 */
function rate({ runtime, principal, request, name }: Walk): Refusal | undefined {
  if (runtime.rateLimit === undefined) return undefined;
  const waitMs = runtime.rateLimit.take({ principal, method: request?.method ?? '', name });
  if (waitMs <= 0) return undefined;
  const seconds = String(Math.ceil(waitMs / 1000));
  const refusal = reject('InternalError', `Too many requests. Try again in ${seconds} s.`, {
    retryAfterMs: waitMs,
  });
  return { ...refusal, status: 429, headers: { 'retry-after': seconds } };
}

function bodyVersion(params: Readonly<Record<string, unknown>>): string | undefined {
  const meta = params['_meta'];
  if (typeof meta !== 'object' || meta === null) return undefined;
  const version = (meta as Record<string, unknown>)[META.protocolVersion]; // any object has properties
  return typeof version === 'string' ? version : undefined;
}

const mismatch = (reason: string): Refusal => reject('HeaderMismatch', `Header mismatch: ${reason}`);

const unsupported = (requested: string): Refusal => rejectUnsupportedVersion(requested, SUPPORTED_VERSIONS);
