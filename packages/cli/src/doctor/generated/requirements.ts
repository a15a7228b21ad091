// Written by packages/cli/scripts/requirements.mjs from the requirements ledger. Do not edit.

/** A requirement of the specification. */
export interface Requirement {
  readonly level: 'MUST' | 'MUST NOT' | 'SHOULD' | 'SHOULD NOT';
  /** Page and heading below /specification/2026-07-28/. */
  readonly anchor: string;
  /** What follows for a server, in our own words. */
  readonly text: string;
}

/** The rows that checks name, by id. */
export const REQUIREMENTS: Readonly<Record<string, Requirement>> = {
  'AUTH-004': {
    level: "MUST",
    anchor: "basic/authorization/index#overview",
    text: "Protected Resource Metadata (RFC 9728) is implemented.",
  },
  'AUTH-005': {
    level: "SHOULD",
    anchor: "basic/authorization/index#scope-selection-strategy",
    text: "A challenge names the scopes that are needed.",
  },
  'AUTH-008': {
    level: "SHOULD",
    anchor: "basic/authorization/index#canonical-server-uri",
    text: "The canonical URI has no trailing slash, unless it means something.",
  },
  'AUTH-012': {
    level: "MUST",
    anchor: "basic/authorization/index#token-handling",
    text: "A failed validation is answered as OAuth 2.1 section 5.3 says.",
  },
  'AUTH-013': {
    level: "MUST",
    anchor: "basic/authorization/index#token-handling",
    text: "An invalid or expired token gets 401.",
  },
  'AUTH-016': {
    level: "SHOULD NOT",
    anchor: "basic/authorization/index#refresh-tokens",
    text: "`offline_access` appears neither in challenges nor in the metadata.",
  },
  'AUTH-101': {
    level: "MUST",
    anchor: "basic/authorization/authorization-server-discovery#authorization-server-location",
    text: "The metadata names at least one authorization server.",
  },
  'AUTH-102': {
    level: "MUST",
    anchor: "basic/authorization/authorization-server-discovery#protected-resource-metadata-discovery-requirements",
    text: "The metadata is found through the challenge or at its well-known place.",
  },
  'AUTH-203': {
    level: "MUST",
    anchor: "basic/authorization/security-considerations#communication-security",
    text: "Tokens travel over TLS only.",
  },
  'AUTH-205': {
    level: "MUST",
    anchor: "basic/authorization/security-considerations#access-token-privilege-restriction",
    text: "The token is validated before anything of the request is processed, and nothing is returned without it.",
  },
  'BASE-002': {
    level: "MUST",
    anchor: "basic/index#messages",
    text: "Every message sent or accepted is a JSON-RPC 2.0 message; a batch or anything else is refused.",
  },
  'BASE-003': {
    level: "MUST",
    anchor: "basic/index#requests",
    text: "A request has a string or an integer as its id; a fraction, boolean, array or object is refused.",
  },
  'BASE-004': {
    level: "MUST NOT",
    anchor: "basic/index#requests",
    text: "A request whose id is null is refused.",
  },
  'BASE-005': {
    level: "MUST",
    anchor: "basic/index#result-responses",
    text: "A result response repeats the id of its request, with its JSON type.",
  },
  'BASE-006': {
    level: "MUST",
    anchor: "basic/index#result-responses",
    text: "A result response has a `result` member.",
  },
  'BASE-007': {
    level: "MUST",
    anchor: "basic/index#result-responses",
    text: "Every result says its `resultType`.",
  },
  'BASE-010': {
    level: "MUST",
    anchor: "basic/index#error-responses",
    text: "An error response has an `error` with a code and a message.",
  },
  'BASE-015': {
    level: "MUST NOT",
    anchor: "basic/index#error-codes",
    text: "Between -32020 and -32099 only the codes that the specification defines are emitted, also when a handler asks for another.",
  },
  'BASE-019': {
    level: "MUST NOT",
    anchor: "basic/index#notifications",
    text: "A notification never gets a JSON-RPC response, not even an error.",
  },
  'BASE-031': {
    level: "MUST",
    anchor: "basic/index#schema-validation",
    text: "A schema that is invalid in its own dialect is refused where it is declared.",
  },
  'BASE-037': {
    level: "MUST NOT",
    anchor: "basic/index#meta",
    text: "Values under reserved `_meta` keys are used only as the specification defines them, and checked before use.",
  },
  'BASE-042': {
    level: "MUST",
    anchor: "basic/index#meta",
    text: "A request without the protocol version or the client capabilities in `_meta` gets -32602.",
  },
  'BASE-043': {
    level: "MUST",
    anchor: "basic/index#meta",
    text: "Over HTTP the answer to a request that lacks a required `_meta` field is 400.",
  },
  'BASE-045': {
    level: "MUST",
    anchor: "basic/index#meta",
    text: "A request that needs an undeclared capability gets -32021, with the missing capabilities in `data.requiredCapabilities`.",
  },
  'BASE-047': {
    level: "SHOULD",
    anchor: "basic/index#meta",
    text: "Every result names the server in `_meta`, unless this is switched off.",
  },
  'BASE-050': {
    level: "MUST",
    anchor: "basic/index#meta",
    text: "Every notification on a listen stream carries its subscription id in `_meta`.",
  },
  'BASE-051': {
    level: "MUST",
    anchor: "basic/index#meta",
    text: "Trace context that is read or written in `_meta` has the W3C formats; a malformed value is not passed on as context.",
  },
  'CACHE-001': {
    level: "MUST",
    anchor: "server/utilities/caching#cacheable-results",
    text: "Complete results of discovery, the four lists and `resources/read` have `ttlMs` and `cacheScope`.",
  },
  'CACHE-003': {
    level: "MUST",
    anchor: "server/utilities/caching#time-to-live-ttl-field",
    text: "`ttlMs` is an integer of at least 0.",
  },
  'CACHE-005': {
    level: "MUST",
    anchor: "server/utilities/caching#interaction-with-pagination",
    text: "All pages of a list have the same `cacheScope`.",
  },
  'CACHE-006': {
    level: "MUST",
    anchor: "server/utilities/caching#security-considerations",
    text: "A result that differs between callers is not marked `public`.",
  },
  'DISC-001': {
    level: "MUST",
    anchor: "server/discover",
    text: "`server/discover` is implemented.",
  },
  'DISC-002': {
    level: "SHOULD",
    anchor: "server/discover#discoverresult",
    text: "A discovery result names the server and its version.",
  },
  'ELICIT-004': {
    level: "MUST",
    anchor: "client/elicitation#elicitation-requests",
    text: "Every elicitation has a message and, but for forms, a mode.",
  },
  'ELICIT-017': {
    level: "MUST",
    anchor: "client/elicitation#error-handling",
    text: "Decline, cancel and silence each reach the handler, or end the call, in order.",
  },
  'HTTP-003': {
    level: "MUST",
    anchor: "basic/transports/streamable-http#security-%26-endpoint",
    text: "A request from an origin that is not allowed gets 403.",
  },
  'HTTP-006': {
    level: "MUST",
    anchor: "basic/transports/streamable-http#sending-messages",
    text: "A POST body is exactly one request or notification; batches and responses are refused.",
  },
  'HTTP-007': {
    level: "MUST",
    anchor: "basic/transports/streamable-http#sending-messages",
    text: "A notification that is accepted gets 202 with an empty body.",
  },
  'HTTP-009': {
    level: "MUST",
    anchor: "basic/transports/streamable-http#sending-messages",
    text: "The answer to a request is either one JSON object or an SSE stream, and says which.",
  },
  'HTTP-013': {
    level: "SHOULD",
    anchor: "basic/transports/streamable-http#receiving-messages",
    text: "An SSE response says `X-Accel-Buffering: no`.",
  },
  'HTTP-017': {
    level: "MUST",
    anchor: "basic/transports/streamable-http#protocol-version-header",
    text: "A request whose version header and `_meta` version differ gets 400 and -32020.",
  },
  'HTTP-018': {
    level: "MUST",
    anchor: "basic/transports/streamable-http#protocol-version-header",
    text: "A request of a version that is not served gets 400 and -32022 with the versions that are.",
  },
  'HTTP-019': {
    level: "MUST",
    anchor: "basic/transports/streamable-http#protocol-version-header",
    text: "A method that is not implemented gets 404 and -32601.",
  },
  'HTTP-020': {
    level: "MUST",
    anchor: "basic/transports/streamable-http#protocol-version-header",
    text: "A request without the version header is refused as a header failure.",
  },
  'HTTP-021': {
    level: "MUST",
    anchor: "basic/transports/streamable-http#standard-request-headers",
    text: "A request needs `Mcp-Method`; `tools/call`, `resources/read` and `prompts/get` also need `Mcp-Name`.",
  },
  'HTTP-028': {
    level: "MUST",
    anchor: "basic/transports/streamable-http#schema-extension",
    text: "`x-mcp-header` stands only on properties that are reached from the root through `properties` alone.",
  },
  'HTTP-030': {
    level: "MUST",
    anchor: "basic/transports/streamable-http#value-encoding",
    text: "Only the exact lowercase markers `=?base64?` and `?=` make a value Base64.",
  },
  'HTTP-032': {
    level: "MUST",
    anchor: "basic/transports/streamable-http#value-encoding",
    text: "An encoded `Mcp-Name` or `Mcp-Param-*` is decoded before it is compared with the body.",
  },
  'HTTP-034': {
    level: "MUST",
    anchor: "basic/transports/streamable-http#server-behavior-for-custom-headers",
    text: "A known `Mcp-Param-*` header with invalid characters is refused.",
  },
  'HTTP-035': {
    level: "MUST",
    anchor: "basic/transports/streamable-http#server-behavior-for-custom-headers",
    text: "Each known `Mcp-Param-*` value, decoded, equals its argument in the body.",
  },
  'HTTP-036': {
    level: "MUST",
    anchor: "basic/transports/streamable-http#server-behavior-for-custom-headers",
    text: "A parameter header that fails any check gets 400 and -32020.",
  },
  'HTTP-038': {
    level: "MUST NOT",
    anchor: "basic/transports/streamable-http#server-behavior-for-custom-headers",
    text: "No header is expected for a parameter that is absent.",
  },
  'HTTP-039': {
    level: "MUST",
    anchor: "basic/transports/streamable-http#server-behavior-for-custom-headers",
    text: "A call that has the value in the body but not the header is refused.",
  },
  'HTTP-040': {
    level: "MUST",
    anchor: "basic/transports/streamable-http#case-sensitivity",
    text: "Header names are compared without regard to case, values with it.",
  },
  'HTTP-041': {
    level: "MUST",
    anchor: "basic/transports/streamable-http#server-validation",
    text: "A request whose headers disagree with its body is refused.",
  },
  'HTTP-048': {
    level: "SHOULD",
    anchor: "basic/transports/streamable-http#earlier-streamable-http-revisions",
    text: "GET and DELETE on the endpoint get 405.",
  },
  'HTTP-049': {
    level: "SHOULD",
    anchor: "basic/transports/streamable-http#earlier-streamable-http-revisions",
    text: "`Mcp-Session-Id` is ignored; no session id is minted or echoed.",
  },
  'HTTP-050': {
    level: "SHOULD",
    anchor: "basic/transports/streamable-http#earlier-streamable-http-revisions",
    text: "`Last-Event-ID` is ignored; no stream resumes.",
  },
  'LOG-002': {
    level: "MUST NOT",
    anchor: "server/utilities/logging#per-request-log-level",
    text: "A request that asked for no log level gets no log messages.",
  },
  'MRTR-004': {
    level: "MUST",
    anchor: "basic/patterns/mrtr#server-requirements-basic-workflow",
    text: "An input request is an elicitation, a sampling request or a roots listing.",
  },
  'MRTR-007': {
    level: "MUST",
    anchor: "basic/patterns/mrtr#server-requirements-basic-workflow",
    text: "A `requestState` that fails verification is refused.",
  },
  'MRTR-012': {
    level: "MUST",
    anchor: "basic/patterns/mrtr#server-requirements-basic-workflow",
    text: "An `input_required` result has input requests, a state, or both.",
  },
  'MRTR-013': {
    level: "MUST NOT",
    anchor: "basic/patterns/mrtr#server-requirements-basic-workflow",
    text: "An input request for which the client declared no capability is not sent.",
  },
  'PAGE-001': {
    level: "SHOULD",
    anchor: "server/utilities/pagination#implementation-guidelines",
    text: "A cursor stays good, on every instance, while the list does not change.",
  },
  'PAGE-003': {
    level: "SHOULD",
    anchor: "server/utilities/pagination#error-handling",
    text: "An invalid cursor gets -32602.",
  },
  'PATTERN-001': {
    level: "MUST NOT",
    anchor: "basic/patterns/index",
    text: "The server never initiates a JSON-RPC request.",
  },
  'PROG-004': {
    level: "MUST",
    anchor: "basic/patterns/progress#behavior-requirements",
    text: "Progress names only the token of the request in hand; without a token none is sent.",
  },
  'PROMPT-001': {
    level: "MUST",
    anchor: "server/prompts#capabilities",
    text: "A server with prompts declares the `prompts` capability.",
  },
  'PROMPT-003': {
    level: "MUST NOT",
    anchor: "server/prompts#capabilities",
    text: "The prompt list does not vary by connection or by what else was sent on it.",
  },
  'PROMPT-008': {
    level: "SHOULD",
    anchor: "server/prompts#error-handling",
    text: "An unknown prompt gets -32602.",
  },
  'RES-001': {
    level: "MUST",
    anchor: "server/resources#capabilities",
    text: "A server with resources declares the `resources` capability.",
  },
  'RES-003': {
    level: "MUST NOT",
    anchor: "server/resources#capabilities",
    text: "The resource list does not vary by connection or by what else was sent on it.",
  },
  'RES-008': {
    level: "MUST",
    anchor: "server/resources#error-handling",
    text: "A resource that does not exist gets -32602.",
  },
  'RES-010': {
    level: "MUST NOT",
    anchor: "server/resources#error-handling",
    text: "A resource that does not exist is never answered with empty `contents`.",
  },
  'SCHEMA-003': {
    level: "SHOULD",
    anchor: "schema#calltoolresult",
    text: "A tool that is not found, and tools not being supported, are protocol errors.",
  },
  'SCHEMA-005': {
    level: "MUST",
    anchor: "schema#tool",
    text: "The root of an input schema is of type `object`.",
  },
  'SUB-001': {
    level: "MUST NOT",
    anchor: "basic/patterns/subscriptions#opening-a-stream",
    text: "A stream carries no type of notification that was not asked for.",
  },
  'SUB-002': {
    level: "MUST",
    anchor: "basic/patterns/subscriptions#acknowledgment",
    text: "The acknowledgement is the first message with the id of the subscription.",
  },
  'TOOL-001': {
    level: "MUST",
    anchor: "server/tools#capabilities",
    text: "A server with tools declares the `tools` capability.",
  },
  'TOOL-004': {
    level: "SHOULD",
    anchor: "server/tools#capabilities",
    text: "Tools are listed in the same order every time, on every instance.",
  },
  'TOOL-006': {
    level: "MUST",
    anchor: "server/tools#tool",
    text: "An input schema is a valid JSON Schema object.",
  },
  'TOOL-007': {
    level: "SHOULD",
    anchor: "server/tools#tool-names",
    text: "A tool name has 1 to 128 characters.",
  },
  'TOOL-009': {
    level: "SHOULD",
    anchor: "server/tools#tool-names",
    text: "A tool name has only ASCII letters, digits, underscore, hyphen and dot.",
  },
  'TOOL-011': {
    level: "SHOULD",
    anchor: "server/tools#tool-names",
    text: "No two tools of a server have the same name.",
  },
  'TOOL-016': {
    level: "SHOULD",
    anchor: "server/tools#structured-content",
    text: "Structured content is repeated as JSON text.",
  },
  'TOOL-017': {
    level: "MUST",
    anchor: "server/tools#output-schema",
    text: "Structured results match the output schema; one that does not is never sent.",
  },
  'TOOL-018': {
    level: "MUST",
    anchor: "server/tools#security-considerations",
    text: "All tool input is validated before the handler runs.",
  },
  'TRANS-001': {
    level: "MUST",
    anchor: "basic/transports/index#messages",
    text: "Messages are UTF-8; a body that is not is refused, and bytes passed on stay as they were.",
  },
  'VER-001': {
    level: "MUST",
    anchor: "basic/versioning#protocol-version-negotiation",
    text: "A request of a version that is not served gets -32022 with the list of versions that are.",
  },
  'VER-002': {
    level: "MUST",
    anchor: "basic/versioning#extension-negotiation",
    text: "An extension identifier follows the `_meta` key rules and has a prefix.",
  },
  'VER-005': {
    level: "SHOULD",
    anchor: "basic/versioning#backward-compatibility-with-initialization-based-versions",
    text: "The error for an `initialize` request names the versions that are spoken, on every transport.",
  },
};
