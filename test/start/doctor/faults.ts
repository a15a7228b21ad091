import type { Answer, Exchange, Fault } from './faulty-server.ts';
import { json } from './faulty-server.ts';

/** What a fault changes of a result. */
export type Change = (result: Result, exchange: Exchange) => void;

/** A result, as far as faults look into it. */
export type Result = Record<string, unknown> &
  Record<Listed, Item[]> & { capabilities: Record<string, unknown> };
type Listed = 'tools' | 'prompts' | 'resources' | 'resourceTemplates' | 'content' | 'contents';
type Item = Record<string, unknown>;

/** Answers everything with the same result. */
export const always: Fault = {
  instead: (exchange) =>
    answered(exchange, { supportedVersions: ['2026-07-28'], capabilities: CAPABILITIES }),
};

/** Refuses everything, and forgets who asked. */
export const never: Fault = { instead: () => refused('another', -32020, 400) };

/** Answers one method by itself. */
export function instead(method: string, answer: (exchange: Exchange) => Partial<Answer>): Fault {
  return { instead: (exchange) => (exchange.message.method === method ? answer(exchange) : undefined) };
}

/** A result. */
export function answered({ message }: Exchange, result: object): Partial<Answer> {
  return json({ jsonrpc: '2.0', id: message.id, result: { resultType: 'complete', ...result } });
}

/** An error. */
export function refused(id: unknown, code: unknown, status: number): Partial<Answer> {
  return json({ jsonrpc: '2.0', id, error: { code, message: 'no' } }, status);
}

/** Changes the results of one method. */
export function inResult(method: string, change: Change): Fault {
  return {
    after({ messages }, exchange) {
      if (exchange.message.method !== method) return;
      for (const message of messages as { result?: Result }[])
        if (message.result !== undefined) change(message.result, exchange);
    },
  };
}

/** Changes the first tool of the list. */
export function inTool(change: (tool: Item) => void): Fault {
  return inResult('tools/list', ({ tools: [tool] }) => tool !== undefined && change(tool));
}

/** Changes what is answered to a request that was made before. */
export function onceMore(method: string, change: Change): Fault {
  const made = new Set<unknown>();
  return inResult(method, (result, exchange) => {
    const cursor = exchange.message.params?.['cursor'];
    if (made.has(cursor)) change(result, exchange);
    made.add(cursor);
  });
}

/** Changes one member of a result. */
export function set(name: string, value: unknown): (result: Record<string, unknown>) => void {
  return (result) => {
    result[name] = value;
  };
}

/** Sends something before the answers of a method. */
export function preceded(method: string, first: object): Fault {
  return {
    after(answer, { message }) {
      if (message.method !== method) return;
      answer.headers = { 'content-type': 'text/event-stream' };
      answer.messages.unshift({ jsonrpc: '2.0', ...first });
    },
  };
}

/** Changes the first message of a stream. */
export function inFirst(
  change: (params: { _meta?: unknown; notifications: Record<string, unknown> }) => void,
): Fault {
  return {
    after({ messages: [first] }, { message }) {
      if (message.method === 'subscriptions/listen') change((first as { params: never }).params);
    },
  };
}

/** What a server that wants a token says, and publishes. */
export interface Guarded {
  /** Whether any token opens the door. */
  readonly credulous?: boolean;
  readonly challenge?: string;
  readonly resource?: object;
  /** `false`: it publishes nothing. */
  readonly issuer?: object | false;
  readonly leak?: boolean;
}

/** A server at this origin that wants a token. */
export function guarded(
  origin: string,
  { credulous, challenge, resource, issuer = {}, leak }: Guarded = {},
): Fault {
  const documents: Readonly<Record<string, object | undefined>> = {
    '/.well-known/oauth-protected-resource/mcp': {
      resource: `${origin}/mcp`,
      authorization_servers: [`${origin}/as`],
      ...resource,
    },
    '/.well-known/oauth-authorization-server/as':
      issuer === false
        ? undefined
        : {
            issuer: `${origin}/as`,
            authorization_endpoint: `${origin}/as/authorize`,
            token_endpoint: `${origin}/as/token`,
            code_challenge_methods_supported: ['S256'],
            authorization_response_iss_parameter_supported: true,
            client_id_metadata_document_supported: true,
            ...issuer,
          },
  };
  return {
    instead(exchange) {
      const { verb, path, headers, message } = exchange;
      if (verb === 'GET') {
        const document = documents[path];
        return document === undefined ? json({}, 404) : json(document);
      }
      if (headers['authorization'] !== undefined && credulous === true) return answered(exchange, {});
      const body =
        leak === true
          ? { jsonrpc: '2.0', id: message.id, result: {} }
          : { jsonrpc: '2.0', id: message.id, error: { code: -32600, message: 'no' } };
      const text =
        challenge ??
        `Bearer scope="read", resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp"`;
      return {
        status: 401,
        headers: { 'content-type': 'application/json', 'www-authenticate': text },
        messages: [body],
      };
    },
  };
}

// ---

const CAPABILITIES = { tools: { listChanged: true }, prompts: {}, resources: {} };
