import type { IncomingMessage, ServerResponse } from 'node:http';
import { hostAllowed } from '../accept/callers.ts';
import { readTarget } from '../accept/target.ts';
import type { LivePlan } from '../plan/live.ts';
import type { Locks } from './locks.ts';

/** What stands before the path of a resource in the path of its metadata. RFC 9728, section 3.1. */
const WELL_KNOWN = '/.well-known/oauth-protected-resource';

/** Answers requests for the metadata of the doors, for pages of any origin, too: nothing in them is secret. */
export class MetadataDocuments {
  readonly #locks: Locks;
  #documents: ReadonlyMap<string, readonly Document[]> | undefined;

  constructor(locks: Locks) {
    this.#locks = locks;
  }

  /** Answers, and says that it has; not where the path is that of no metadata. */
  answer(req: IncomingMessage, res: ServerResponse, live: LivePlan): boolean {
    if (req.url?.includes(WELL_KNOWN) !== true) return false;
    const target = readTarget(req.url);
    if (target === undefined || !target.path.startsWith(WELL_KNOWN)) return false;
    const host = target.authority ?? req.headers.host;
    if (!hostAllowed(live.plan, host)) return false;
    this.#documents ??= documentsOf(live, this.#locks);
    const found = this.#documents.get(target.path + target.query);
    // Two resources at different hosts may have the same path.
    const document = found?.find(({ authority }) => authority === host?.toLowerCase()) ?? found?.[0];
    if (document === undefined) return false;
    send(req, res, document.body);
    return true;
  }
}

// ---

interface Document {
  readonly authority: string;
  readonly body: Buffer;
}

function documentsOf(live: LivePlan, locks: Locks): ReadonlyMap<string, readonly Document[]> {
  const documents = new Map<string, Document[]>();
  for (const door of live.byPath.values()) {
    const { verifier } = locks.of(door);
    if (verifier === undefined) continue;
    const { pathname, search, host } = new URL(verifier.metadataUrl);
    const document = { authority: host, body: Buffer.from(JSON.stringify(verifier.metadata)) };
    documents.set(pathname + search, [...(documents.get(pathname + search) ?? []), document]);
  }
  return documents;
}

const OPEN = ['access-control-allow-origin', '*'];

function send(req: IncomingMessage, res: ServerResponse, body: Buffer): void {
  req.resume();
  if (req.method === 'OPTIONS') {
    const allowed = ['access-control-allow-methods', 'GET', 'access-control-allow-headers', '*'];
    res.writeHead(204, [...OPEN, ...allowed]).end();
  } else if (req.method === 'GET' || req.method === 'HEAD') {
    const about = ['content-type', 'application/json', 'content-length', String(body.length)];
    res.writeHead(200, [...OPEN, ...about, 'cache-control', 'public, max-age=3600']);
    res.end(req.method === 'HEAD' ? undefined : body);
  } else {
    res.writeHead(405, ['allow', 'GET, HEAD, OPTIONS', 'content-length', '0']).end();
  }
}
