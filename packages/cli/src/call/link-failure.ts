import { ERRORS, type ErrorObject, PROTOCOL_VERSION } from '@switchyard/wire';
import type { Dispatcher } from 'undici';
import { Failure } from '../failure.ts';
import { codeOf, hasClosed, whyUnreachable } from '../unreachable.ts';
import { visible } from './visible.ts';

/** An answer that is a JSON-RPC error. */
export class RpcFailure extends Failure {
  /** Whether the request would have needed a client that can ask its user. */
  readonly asksForElicitation: boolean;

  constructor(error: ErrorObject) {
    super(messageFor(error));
    const { requiredCapabilities } = asObject(error.data);
    const missing = error.code === ERRORS.MissingRequiredClientCapability.code;
    this.asksForElicitation = missing && asObject(requiredCapabilities)['elicitation'] !== undefined;
  }
}

/** Where a request went, as far as messages tell it. */
interface Target {
  readonly url: URL;
  readonly timeoutMs: number;
  readonly method: string;
}

/** Says why a server could not be reached, or was no longer heard. */
export function networkFailure(error: unknown, { url, timeoutMs, method }: Target): Failure {
  if (error instanceof Failure) return error;
  const code = codeOf(error);
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    const running = CALLS.has(method) ? '; the call may still be running' : '';
    return new Failure(
      `Nothing was heard from ${url.host} for ${timeoutMs / 1000} s${running}. --timeout allows more.`,
    );
  }
  if (hasClosed(error) && CALLS.has(method))
    return new Failure(`${url.host} closed the connection before the answer came; the call may have run.`);
  const why = whyUnreachable(error, url) ?? oneLine(messageOf(error));
  return new Failure(`Cannot reach ${url.host}: ${why}.`);
}

/** Says what an answer that is no JSON-RPC probably means; `identified` where credentials were sent. */
export function httpFailure(
  { statusCode, headers }: Dispatcher.ResponseData,
  body: string,
  identified: boolean,
): Failure {
  if (statusCode === 401)
    return new Failure(
      identified
        ? 'The server does not accept the credentials that were sent (401). Give others with --token, or sign in with "switchyard login".'
        : 'The server wants to know who is calling (401). Give a token with --token, or sign in with "switchyard login".',
    );
  if (statusCode === 403) return new Failure(`The server does not allow this (403).${excerpt(body)}`);
  if (statusCode === 404) return new Failure(`There is no MCP endpoint at this path (404).${excerpt(body)}`);
  if (statusCode >= 300 && statusCode < 400) {
    return new Failure(
      `The server points elsewhere (${statusCode}): ${visible(String(headers['location'] ?? 'it does not say where'))}`,
    );
  }
  return new Failure(`The server answered ${statusCode}, and nothing that is MCP.${excerpt(body)}`);
}

// ---

/** What may have had an effect although no answer came. */
const CALLS: ReadonlySet<string> = new Set(['tools/call']);
const EXCERPT = 200;
const DATA = 2000;
/** What servers of earlier revisions answer to a request without a handshake. */
const NO_HANDSHAKE = -32000;

const asObject = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

function messageFor({ code, message, data }: ErrorObject): string {
  const { supported } = asObject(data);
  if (code === ERRORS.UnsupportedProtocolVersion.code && Array.isArray(supported)) {
    return `The server does not speak revision ${PROTOCOL_VERSION}; it speaks ${visible(supported.join(', '))}.`;
  }
  const hint =
    code === NO_HANDSHAKE
      ? `\nIt may speak only revisions before ${PROTOCOL_VERSION}, which begin with a handshake.`
      : '';
  const details = data === undefined ? '' : `\n${visible(JSON.stringify(data).slice(0, DATA))}`;
  return `${visible(message)} (${code})${details}${hint}`;
}

function excerpt(body: string): string {
  const text = visible(body.trim().slice(0, EXCERPT));
  return text === '' ? '' : ` It says: ${text}`;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const oneLine = (text: string): string => visible(text.trim().replaceAll(/\s+/g, ' '));
