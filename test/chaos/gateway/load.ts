import { type Client, ClientError, createClient, type HeaderBag, ProtocolError } from '@switchyard/client';

/** One call that was made, and what became of it. */
export interface Made {
  readonly call: string;
  readonly tool: 'look' | 'write';
  readonly outcome: 'answered' | 'refused' | 'unknown';
  /** What went wrong, for the message of a failed test. */
  readonly why?: string;
}

/** Calls that go on until they are stopped. */
export interface Load {
  /** How many calls have ended so far. */
  readonly count: () => number;
  /** Ends the load and gives every call that was made. */
  stop(): Promise<readonly Made[]>;
}

/** How calls are made. */
export interface LoadOptions {
  /** Endpoints, called in turn. */
  readonly urls: readonly string[];
  /** How many calls are under way at a time. */
  readonly width: number;
  readonly headers?: HeaderBag;
  /** How often what may be repeated, or did not run, is sent again. @default 6 */
  readonly retries?: number;
  /** Makes the names of calls unlike those of another load. */
  readonly label: string;
}

/**
 * Calls `look`, which may be repeated, and `write`, which may not, in turn. `unknown` is an outcome that leaves open whether
 * the call ran; `refused` says that it did not.
 */
export function startLoad({ urls, width, headers = {}, retries = 6, label }: LoadOptions): Load {
  const clients = urls.map((url) =>
    createClient({ url, headers, cache: false, timeouts: { retries, timeoutMs: 10_000 } }),
  );
  const made: Made[] = [];
  let next = 0;
  let stopped = false;
  const worker = async () => {
    while (!stopped) {
      const number = next++;
      const client = clients[number % clients.length];
      if (client !== undefined) made.push(await make(client, number, `${label}-${number}`));
    }
  };
  const workers = Array.from({ length: width }, worker);
  return {
    count: () => made.length,
    async stop() {
      stopped = true;
      await Promise.all(workers);
      await Promise.all(clients.map((client) => client.close()));
      return made;
    },
  };
}

// ---

async function make(client: Client, number: number, call: string): Promise<Made> {
  const tool = number % 2 === 0 ? 'write' : 'look';
  try {
    const result = await client.callTool(tool, { call }, { repeatable: tool === 'look' });
    const text = result.content[0]?.type === 'text' ? result.content[0].text : '';
    return { call, tool, outcome: text === call ? 'answered' : 'unknown', why: text };
  } catch (error) {
    return { call, tool, outcome: mayHaveRun(error) ? 'unknown' : 'refused', why: String(error) };
  }
}

/** What an error leaves open. A gateway says it in `data`; whatever else a proxy answers with says nothing. */
function mayHaveRun(error: unknown): boolean {
  if (error instanceof ClientError) return error.mayHaveRun;
  if (!(error instanceof ProtocolError)) throw error;
  const data = error.data as { readonly mayHaveRun?: unknown } | undefined; // any server's word
  return data?.mayHaveRun !== false;
}
