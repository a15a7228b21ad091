import {
  always,
  answered,
  guarded,
  inFirst,
  inResult,
  instead,
  inTool,
  never,
  onceMore,
  preceded,
  refused,
  set,
} from './faults.ts';
import type { Fault } from './faulty-server.ts';

/** How one check is seen to fail. */
export interface Case {
  /** What makes it fail. */
  readonly wrong: Fault | ((origin: string) => Fault);
  /** What it passes with. @default no fault */
  readonly right?: (origin: string) => Fault;
  readonly tool?: 'work' | 'ask';
  readonly token?: string;
}

/** Every check, by id. */
export const CASES: Readonly<Record<string, Case>> = {
  'discovery.answers': {
    wrong: instead('server/discover', ({ message }) => refused(message.id, -32601, 404)),
  },
  'discovery.versions': {
    wrong: discovered(set('supportedVersions', ['2025-11-25'])),
  },
  'discovery.capabilities': { wrong: discovered(({ capabilities }) => set('tools', true)(capabilities)) },
  'discovery.identity': { wrong: discovered((result) => delete result['_meta']) },
  'discovery.extensions': {
    wrong: discovered(({ capabilities }) => set('extensions', { bare: {} })(capabilities)),
  },
  'versions.unsupported': { wrong: always },
  'versions.named': { wrong: always },
  'versions.initialize': { wrong: always },
  'headers.version-missing': { wrong: always },
  'headers.version-mismatch': { wrong: always },
  'headers.method-missing': { wrong: always },
  'headers.method-mismatch': { wrong: always },
  'headers.method-case': { wrong: always },
  'headers.name-of-header-case': { wrong: never },
  'headers.name-missing': { wrong: always },
  'headers.name-mismatch': { wrong: always },
  'headers.name-base64': { wrong: never },
  'headers.name-base64-marker': { wrong: always },
  'envelope.capabilities-missing': { wrong: always },
  'envelope.capabilities-type': { wrong: always },
  'envelope.version-missing': { wrong: always },
  'envelope.status': { wrong: always },
  'envelope.none': { wrong: always },
  'envelope.unknown-keys': { wrong: never },
  'envelope.trace': { wrong: never },
  'messages.id-integer': { wrong: never },
  'messages.id-text': { wrong: never },
  'messages.id-null': { wrong: always },
  'messages.id-fraction': { wrong: always },
  'messages.batch': { wrong: always },
  'messages.response': { wrong: always },
  'messages.not-json': { wrong: always },
  'messages.not-utf8': { wrong: always },
  'messages.notification': { wrong: always },
  'messages.notification-unanswered': { wrong: always },
  'errors.unknown-method': { wrong: always },
  'errors.removed-method': { wrong: always },
  'errors.unknown-tool': { wrong: always },
  'errors.unknown-prompt': { wrong: always },
  'errors.unknown-resource': { wrong: always },
  'errors.empty-resource': { wrong: always },
  'lists.tools-declared': { wrong: always },
  'lists.tools-stable': { wrong: onceMore('tools/list', ({ tools }) => tools.reverse()) },
  'lists.tools-unique': { wrong: inResult('tools/list', ({ tools }) => tools.push({ ...tools[0] })) },
  'lists.prompts-declared': { wrong: always },
  'lists.prompts-stable': { wrong: onceMore('prompts/list', ({ prompts }) => prompts.reverse()) },
  'lists.prompts-unique': {
    wrong: inResult('prompts/list', ({ prompts }) => prompts.push({ ...prompts[0] })),
  },
  'lists.resources-declared': { wrong: always },
  'lists.resources-stable': { wrong: onceMore('resources/list', ({ resources }) => resources.reverse()) },
  'lists.resources-unique': {
    wrong: inResult('resources/list', ({ resources }) => resources.push({ ...resources[0] })),
  },
  'lists.templates-declared': { wrong: always },
  'lists.templates-stable': {
    wrong: onceMore('resources/templates/list', (result) => result.resourceTemplates.reverse()),
  },
  'lists.templates-unique': {
    wrong: inResult('resources/templates/list', (result) =>
      result.resourceTemplates.push({ ...result.resourceTemplates[0] }),
    ),
  },
  'lists.unknown-cursor': { wrong: always },
  'lists.cursor-stays-good': {
    wrong: onceMore(
      'tools/list',
      ({ tools }, { message }) => message.params?.['cursor'] !== undefined && tools.reverse(),
    ),
  },
  'caching.hints': { wrong: inResult('tools/list', (result) => delete result['ttlMs']) },
  'caching.ttl': { wrong: inResult('resources/read', set('ttlMs', -1)) },
  'caching.pages': {
    wrong: inResult('tools/list', (result, { message }) => {
      if (message.params?.['cursor'] !== undefined) result['cacheScope'] = 'public';
    }),
  },
  'caching.public': {
    token: 'anything',
    wrong: inResult('tools/list', (result, { headers }) => {
      result['cacheScope'] = 'public';
      if (headers['authorization'] === undefined) result.tools.pop();
    }),
  },
  'tools.input-root': { wrong: inTool(set('inputSchema', { type: 'string' })) },
  'tools.input-schema': {
    wrong: inTool(set('inputSchema', { type: 'object', required: 'a' })),
  },
  'tools.output-schema': {
    wrong: inTool(set('outputSchema', { $ref: 'https://example.com/x' })),
  },
  'tools.header-parameters': {
    wrong: inTool(
      set('inputSchema', {
        type: 'object',
        properties: { a: { type: 'number', 'x-mcp-header': 'A' } },
      }),
    ),
  },
  'tools.name-length': { wrong: inTool(set('name', 'x'.repeat(129))) },
  'tools.name-characters': { wrong: inTool(set('name', 'a b')) },
  'calls.answers': {
    tool: 'work',
    wrong: called((result) => delete (result as Record<string, unknown>)['content']),
  },
  'calls.structured': {
    tool: 'work',
    wrong: called(set('structuredContent', { sum: 'two' })),
  },
  'calls.structured-text': { tool: 'work', wrong: called(set('content', [])) },
  'calls.validated': {
    tool: 'work',
    wrong: instead('tools/call', (exchange) => answered(exchange, { content: [] })),
  },
  'calls.progress-token': {
    tool: 'work',
    wrong: preceded('tools/call', {
      method: 'notifications/progress',
      params: { progressToken: 'another', progress: 1 },
    }),
  },
  'parameters.right': {
    tool: 'work',
    wrong: instead('tools/call', ({ message }) => refused(message.id, -32020, 400)),
  },
  'parameters.missing': { tool: 'work', wrong: { before: withRightHeader } },
  'parameters.mismatch': { tool: 'work', wrong: { before: withRightHeader } },
  'parameters.base64': {
    tool: 'work',
    wrong: instead('tools/call', ({ message }) => refused(message.id, -32020, 400)),
  },
  'parameters.bad-base64': { tool: 'work', wrong: { before: withRightHeader } },
  'parameters.absent': {
    tool: 'work',
    wrong: instead('tools/call', ({ message }) => refused(message.id, -32020, 400)),
  },
  'rounds.shape': {
    tool: 'ask',
    wrong: called((result) => {
      delete result['inputRequests'];
      delete result['requestState'];
    }),
  },
  'rounds.methods': {
    tool: 'ask',
    wrong: called(set('inputRequests', { a: { method: 'tools/call' } })),
  },
  'rounds.elicitations': {
    tool: 'ask',
    wrong: called(
      set('inputRequests', {
        a: { method: 'elicitation/create', params: { message: 'Hm?', mode: 'url', url: 'nowhere' } },
      }),
    ),
  },
  'rounds.undeclared': { tool: 'ask', wrong: { before: withEveryCapability } },
  'rounds.missing-capability': {
    tool: 'ask',
    wrong: {
      after(answer) {
        if (answer.status === 400) answer.status = 200;
      },
    },
  },
  'rounds.tampered': { tool: 'ask', wrong: answering((exchange) => answered(exchange, { content: [] })) },
  'rounds.cancelled': { tool: 'ask', wrong: answering(({ message }) => refused(message.id, -32603, 200)) },
  'listening.acknowledged': {
    wrong: preceded('subscriptions/listen', { method: 'notifications/tools/list_changed', params: {} }),
  },
  'listening.id': { wrong: inFirst((params) => delete params._meta) },
  'listening.filter': {
    wrong: inFirst(({ notifications }) => set('promptsListChanged', true)(notifications)),
  },
  'listening.buffering': { wrong: { after: ({ headers }) => delete headers['x-accel-buffering'] } },
  'transport.get': { wrong: always },
  'transport.delete': { wrong: always },
  'transport.session-ignored': { wrong: never },
  'transport.resumption-ignored': { wrong: never },
  'transport.media-type': {
    wrong: { after: ({ headers }) => set('content-type', 'text/plain')(headers) },
  },
  'protection.origin': { wrong: always },
  'protection.origin-null': { wrong: always },
  'protection.host': { wrong: always },
  'authorization.challenge': {
    right: guarded,
    wrong: (origin) => guarded(origin, { challenge: 'Basic realm="x"' }),
  },
  'authorization.nothing-leaks': { right: guarded, wrong: (origin) => guarded(origin, { leak: true }) },
  'authorization.invalid-token': { right: guarded, wrong: (origin) => guarded(origin, { credulous: true }) },
  'authorization.scopes': { right: guarded, wrong: (origin) => guarded(origin, { challenge: 'Bearer' }) },
  'authorization.metadata': {
    right: guarded,
    wrong: (origin) => guarded(origin, { challenge: `Bearer resource_metadata="${origin}/nowhere"` }),
  },
  'authorization.servers': {
    right: guarded,
    wrong: (origin) => guarded(origin, { resource: { authorization_servers: [] } }),
  },
  'authorization.resource': {
    right: guarded,
    wrong: (origin) => guarded(origin, { resource: { resource: 'https://example.com/mcp' } }),
  },
  'authorization.trailing-slash': {
    right: guarded,
    wrong: (origin) => guarded(origin, { resource: { resource: `${origin}/mcp/` } }),
  },
  'authorization.offline-access': {
    right: guarded,
    wrong: (origin) => guarded(origin, { resource: { scopes_supported: ['offline_access'] } }),
  },
  'issuer.metadata': { right: guarded, wrong: (origin) => guarded(origin, { issuer: false }) },
  'issuer.identity': {
    right: guarded,
    wrong: (origin) => guarded(origin, { issuer: { issuer: `${origin}/as/` } }),
  },
  'issuer.pkce': {
    right: guarded,
    wrong: (origin) => guarded(origin, { issuer: { code_challenge_methods_supported: ['plain'] } }),
  },
  'issuer.encrypted': {
    right: guarded,
    wrong: (origin) => guarded(origin, { issuer: { token_endpoint: 'http://example.com/token' } }),
  },
  'issuer.response-issuer': {
    right: guarded,
    wrong: (origin) => guarded(origin, { issuer: { authorization_response_iss_parameter_supported: false } }),
  },
  'issuer.client-documents': {
    right: guarded,
    wrong: (origin) => guarded(origin, { issuer: { client_id_metadata_document_supported: false } }),
  },
  'overall.result-type': { wrong: discovered((result) => delete result['resultType']) },
  'overall.identity': { wrong: discovered((result) => delete result['_meta']) },
  'overall.jsonrpc': {
    wrong: { after: ({ messages }) => Object.assign(messages[0] as object, { jsonrpc: '1.0' }) },
  },
  'overall.errors': {
    wrong: instead('server/discover', ({ message }) => refused(message.id, '-32601', 404)),
  },
  'overall.codes': { wrong: instead('server/discover', ({ message }) => refused(message.id, -32002, 200)) },
  'overall.sessions': { wrong: { after: ({ headers }) => set('mcp-session-id', 'one')(headers) } },
  'overall.requests': { wrong: preceded('server/discover', { id: 1, method: 'roots/list' }) },
  'overall.logging': { wrong: preceded('server/discover', { method: 'notifications/message', params: {} }) },
};

// ---

function discovered(change: Parameters<typeof inResult>[1]): Fault {
  return inResult('server/discover', change);
}

function called(change: Parameters<typeof inResult>[1]): Fault {
  return inResult('tools/call', change);
}

/** Answers what brings answers, or a state. */
function answering(answer: Parameters<typeof instead>[1]): Fault {
  return {
    instead: (exchange) =>
      exchange.message.params?.['inputResponses'] === undefined ? undefined : answer(exchange),
  };
}

function withRightHeader({ headers, message }: Parameters<NonNullable<Fault['before']>>[0]) {
  return message.method === 'tools/call'
    ? { headers: { ...headers, 'mcp-param-region': 'west' } }
    : undefined;
}

function withEveryCapability({ body }: Parameters<NonNullable<Fault['before']>>[0]) {
  return {
    body: body.replace(
      '"io.modelcontextprotocol/clientCapabilities":{}',
      '"io.modelcontextprotocol/clientCapabilities":{"elicitation":{"form":{}}}',
    ),
  };
}
