/** Where a feature stands: current, still there but going, or gone. */
export type FeatureState = 'active' | 'deprecated' | 'removed';

/** A row of the feature lifecycle table. */
export interface Feature {
  /** Short and stable; code and documentation refer to it. */
  readonly id: FeatureId;
  /** Its name for people. */
  readonly feature: string;
  readonly state: FeatureState;
  /** The revision that deprecated it. */
  readonly deprecatedIn?: string;
  /** The first revision released on or after this date may remove it. */
  readonly earliestRemoval?: string;
  /** Where no date is set: what the removal waits for. */
  readonly removalCondition?: string;
  /** The revision that removed it. */
  readonly removedIn?: string;
  /** What to do instead. */
  readonly instead?: string;
  /** The proposal that decided it. */
  readonly decision?: string;
  /** The page of the specification. */
  readonly spec: string;
}

/** The features that the table knows. */
export type FeatureId =
  | 'roots'
  | 'sampling'
  | 'logging'
  | 'dynamic-client-registration'
  | 'include-context'
  | 'http-sse'
  | 'sessions'
  | 'handshake'
  | 'http-get-stream'
  | 'sse-resumption'
  | 'resource-subscribe'
  | 'server-requests'
  | 'ping'
  | 'set-level'
  | 'core-tasks'
  | 'elicitation-complete'
  | 'batches'
  | 'elicitation'
  | 'input-rounds'
  | 'subscriptions'
  | 'client-id-metadata-documents'
  | 'streamable-http'
  | 'tasks-extension';

/** The lifecycle of features as revision 2026-07-28 has it. Spec: deprecated, changelog. */
export const FEATURES: readonly Feature[] = Object.freeze(
  (
    [
      {
        id: 'roots',
        feature: 'Roots',
        state: 'deprecated',
        deprecatedIn: '2026-07-28',
        earliestRemoval: '2027-07-28',
        instead: 'Pass directories or files via tool parameters, resource URIs, or server configuration.',
        decision: 'SEP-2577',
        spec: 'client/roots',
      },
      {
        id: 'sampling',
        feature: 'Sampling',
        state: 'deprecated',
        deprecatedIn: '2026-07-28',
        earliestRemoval: '2027-07-28',
        instead: 'Integrate directly with LLM provider APIs.',
        decision: 'SEP-2577',
        spec: 'client/sampling',
      },
      {
        id: 'logging',
        feature: 'Logging',
        state: 'deprecated',
        deprecatedIn: '2026-07-28',
        earliestRemoval: '2027-07-28',
        instead: 'Log to stderr over stdio; use OpenTelemetry for observability.',
        decision: 'SEP-2577',
        spec: 'server/utilities/logging',
      },
      {
        id: 'dynamic-client-registration',
        feature: 'Dynamic Client Registration',
        state: 'deprecated',
        deprecatedIn: '2026-07-28',
        earliestRemoval: '2027-07-28',
        instead: 'Use Client ID Metadata Documents.',
        decision: 'PR-2858',
        spec: 'basic/authorization/client-registration#dynamic-client-registration',
      },
      {
        id: 'include-context',
        feature: 'includeContext "thisServer" and "allServers"',
        state: 'deprecated',
        deprecatedIn: '2025-11-25',
        earliestRemoval: '2027-07-28',
        removalCondition: 'Follows Sampling (SEP-2577).',
        instead: 'Omit the field or use "none".',
        decision: 'SEP-2596',
        spec: 'client/sampling#capabilities',
      },
      {
        id: 'http-sse',
        feature: 'HTTP+SSE transport',
        state: 'deprecated',
        deprecatedIn: '2025-03-26',
        removalCondition: 'Three months after SEP-2596 reaches Final.',
        instead: 'Use Streamable HTTP.',
        decision: 'SEP-2596',
        spec: 'basic/transports/streamable-http#http%2Bsse-transport-2024-11-05',
      },
      {
        id: 'sessions',
        feature: 'Protocol sessions (Mcp-Session-Id)',
        state: 'removed',
        removedIn: '2026-07-28',
        instead: 'Give the caller a handle and take it back as a tool argument.',
        decision: 'SEP-2567',
        spec: 'basic/index#statelessness',
      },
      {
        id: 'handshake',
        feature: 'The initialize handshake',
        state: 'removed',
        removedIn: '2026-07-28',
        instead:
          'Carry version and capabilities in the _meta of every request; ask server/discover for the rest.',
        decision: 'SEP-2575',
        spec: 'basic/versioning',
      },
      {
        id: 'http-get-stream',
        feature: 'The GET stream of Streamable HTTP',
        state: 'removed',
        removedIn: '2026-07-28',
        instead: 'Open a stream with subscriptions/listen.',
        decision: 'SEP-2575',
        spec: 'basic/patterns/subscriptions',
      },
      {
        id: 'sse-resumption',
        feature: 'Resumable streams (Last-Event-ID)',
        state: 'removed',
        removedIn: '2026-07-28',
        instead: 'Send the request again with a new id; use tasks for work that must survive.',
        decision: 'SEP-2575',
        spec: 'basic/transports/streamable-http#receiving-messages',
      },
      {
        id: 'resource-subscribe',
        feature: 'resources/subscribe and resources/unsubscribe',
        state: 'removed',
        removedIn: '2026-07-28',
        instead: 'Name the URIs in resourceSubscriptions of subscriptions/listen.',
        decision: 'SEP-2575',
        spec: 'basic/patterns/subscriptions',
      },
      {
        id: 'server-requests',
        feature: 'Requests sent by the server',
        state: 'removed',
        removedIn: '2026-07-28',
        instead: 'Answer with an InputRequiredResult; the client sends the request again with the answers.',
        decision: 'SEP-2322',
        spec: 'basic/patterns/mrtr',
      },
      {
        id: 'ping',
        feature: 'ping',
        state: 'removed',
        removedIn: '2026-07-28',
        instead: 'Call server/discover.',
        decision: 'SEP-2575',
        spec: 'changelog',
      },
      {
        id: 'set-level',
        feature: 'logging/setLevel',
        state: 'removed',
        removedIn: '2026-07-28',
        instead: 'Set io.modelcontextprotocol/logLevel in the _meta of a request.',
        decision: 'SEP-2575',
        spec: 'server/utilities/logging#per-request-log-level',
      },
      {
        id: 'core-tasks',
        feature: 'Tasks in the core protocol',
        state: 'removed',
        removedIn: '2026-07-28',
        instead: 'Use the extension io.modelcontextprotocol/tasks.',
        decision: 'SEP-2663',
        spec: 'changelog',
      },
      {
        id: 'elicitation-complete',
        feature: 'notifications/elicitation/complete and elicitationId',
        state: 'removed',
        removedIn: '2026-07-28',
        instead: 'Send the request again; the server keeps what it needs in requestState.',
        spec: 'changelog',
      },
      {
        id: 'batches',
        feature: 'JSON-RPC batches',
        state: 'removed',
        removedIn: '2025-06-18',
        instead: 'Send each message by itself.',
        spec: 'basic/transports/streamable-http#sending-messages',
      },
      active('elicitation', 'Elicitation', 'client/elicitation'),
      active('input-rounds', 'Multi round-trip requests', 'basic/patterns/mrtr'),
      active('subscriptions', 'subscriptions/listen', 'basic/patterns/subscriptions'),
      active(
        'client-id-metadata-documents',
        'Client ID Metadata Documents',
        'basic/authorization/client-registration#client-id-metadata-documents',
      ),
      active('streamable-http', 'Streamable HTTP', 'basic/transports/streamable-http'),
      active('tasks-extension', 'Tasks extension', 'basic/versioning#extension-negotiation'),
    ] satisfies Feature[]
  ).map((feature) => Object.freeze(feature)),
);

/** The row of a feature. */
export function featureOf(id: FeatureId): Feature {
  const found = FEATURES.find((feature) => feature.id === id);
  if (found === undefined) throw new TypeError(`There is no feature ${String(id)}`);
  return found;
}

/** What to tell someone who uses a deprecated or removed feature, in one or two sentences; undefined for an active one. */
export function lifecycleWarning(id: FeatureId): string | undefined {
  const { feature, state, deprecatedIn, earliestRemoval, removalCondition, removedIn, instead } =
    featureOf(id);
  if (state === 'active') return undefined;
  const advice = instead === undefined ? '' : ` ${instead}`;
  if (state === 'removed') return `${feature}: removed in ${removedIn ?? 'an earlier revision'}.${advice}`;
  const when =
    earliestRemoval === undefined
      ? removalCondition
      : `Earliest removal: the first revision on or after ${earliestRemoval}.`;
  return `${feature}: deprecated since ${deprecatedIn ?? 'an earlier revision'}. ${when ?? ''}${advice}`;
}

function active(id: FeatureId, feature: string, spec: string): Feature {
  return { id, feature, state: 'active', spec };
}
