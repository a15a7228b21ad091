import { ERRORS, type ErrorObject, PROTOCOL_VERSION } from '@switchyard/wire';
import type { Dispatcher } from 'undici';
import { Failure } from '../failure.ts';
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
}

/** Says why a server could not be reached, or was no longer heard. */
export function networkFailure(error: unknown, { url, timeoutMs }: Target): Failure {
  if (error instanceof Failure) return error;
  const code = codeOf(error);
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return new Failure(
      `Nothing was heard from ${url.host} for ${timeoutMs / 1000} s; the call may still be running. --timeout allows more.`,
    );
  }
  if (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET') {
    return new Failure(`${url.host} closed the connection before the answer came; the call may have run.`);
  }
  const why =
    code === 'ECONNREFUSED'
      ? 'nothing listens there'
      : code === 'ENOTFOUND'
        ? 'there is no such host'
        : messageOf(error);
  return new Failure(`Cannot reach ${url.host}: ${why}.`);
}

/** Says what an answer that is no JSON-RPC probably means. */
export function httpFailure({ statusCode, headers }: Dispatcher.ResponseData, body: string): Failure {
  if (statusCode === 401)
    return new Failure(
      'The server wants to know who is calling (401). Give a token with --token, or sign in with "switchyard login".',
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

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return codeOf(error.cause);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
