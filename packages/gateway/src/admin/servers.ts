import { HEADER, META, PROTOCOL_VERSION, requestMessage } from '@switchyard/wire';
import type { ForwardContext } from '../forward/forwarding.ts';
import type { LivePlan, LiveServer } from '../plan/live.ts';
import { isRefusal } from '../refusal.ts';
import type { ServerStats } from '../stats.ts';
import { readReply } from '../surface/said.ts';
import { callServer, type UpstreamReply } from '../upstream/call.ts';

/**
 * What is known of a server. `era` tells a server that fails from one that speaks another revision: `2026-07-28`, `older`
 * for one that answers but not to this revision, `unreachable` where nothing answers.
 */
export interface ServerView extends ServerStats {
  readonly era: typeof PROTOCOL_VERSION | 'older' | 'unreachable' | 'unknown';
  /** Why it is not the present revision. */
  readonly why?: string;
  readonly serverInfo?: unknown;
  readonly capabilities?: readonly string[];
  readonly supportedVersions?: unknown;
}

/** What looking at servers needs. */
export interface ProbeContext {
  readonly forwarding: ForwardContext;
  readonly live: LivePlan;
  /** The figures of the moment, in the order of the servers. */
  readonly stats: () => readonly ServerStats[];
}

const AT_ONCE = 16;
const LARGEST_REPLY = 256 * 1024;
const LONGEST_MS = 3000;

/** Asks every server what it is, so many at once, and none for long. */
export async function viewServers({ live, stats, forwarding }: ProbeContext): Promise<readonly ServerView[]> {
  const probed: Probed[] = [];
  const open = [...live.servers.entries()];
  const work = async () => {
    for (let next = open.shift(); next !== undefined; next = open.shift())
      probed[next[0]] = await probe(next[1], forwarding);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return stats().map((known, index) => ({ ...known, ...(probed[index] ?? { era: 'unknown' }) }));
}

// ---

type Probed = Omit<ServerView, keyof ServerStats>;

async function probe(server: LiveServer, forwarding: ForwardContext): Promise<Probed> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), LONGEST_MS);
  });
  const reply = await Promise.race([
    callServer({ server, ...discover(), signal: abort.signal }, forwarding),
    late,
  ]);
  clearTimeout(timer);
  abort.abort();
  if (reply === undefined) return { era: 'unreachable', why: `no answer within ${LONGEST_MS} ms` };
  if (isRefusal(reply)) return { era: 'unreachable', why: reply.reason };
  return readProbe(reply);
}

function readProbe(reply: UpstreamReply): Probed {
  const said = readReply(reply, 1);
  if (isRefusal(said)) return { era: 'older', why: `status ${reply.status}, not an answer of this revision` };
  if (said.kind === 'error')
    return reply.status === 401 || reply.status === 403
      ? { era: 'unknown', why: `status ${reply.status}: it wants credentials` }
      : { era: 'older', why: `error ${said.error.code}` };
  const { serverInfo, capabilities, supportedVersions } = said.result as Readonly<Record<string, unknown>>; // as it was said
  return {
    era: PROTOCOL_VERSION,
    ...(serverInfo === undefined ? {} : { serverInfo }),
    ...(typeof capabilities === 'object' && capabilities !== null
      ? { capabilities: Object.keys(capabilities) }
      : {}),
    ...(supportedVersions === undefined ? {} : { supportedVersions }),
  };
}

function discover(): { method: string; headers: string[]; body: Buffer; limitBytes: number } {
  const method = 'server/discover';
  const _meta = { [META.protocolVersion]: PROTOCOL_VERSION, [META.clientCapabilities]: {} };
  const body = Buffer.from(requestMessage(1, method, { _meta }));
  const headers = [
    ...['content-type', 'application/json', 'content-length', String(body.byteLength)],
    ...['accept', 'application/json, text/event-stream'],
    ...[HEADER.protocolVersion, PROTOCOL_VERSION, HEADER.method, method],
  ];
  return { method, headers, body, limitBytes: LARGEST_REPLY };
}
