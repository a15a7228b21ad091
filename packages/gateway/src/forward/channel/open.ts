import type { LookupFunction } from 'node:net';
import { Pool } from 'undici';
import type { ReplicaPlan, ServerPlan } from '../../plan/plan.ts';
import { type Endings, notingEndings } from '../../route/endings.ts';
import type { Channel } from './channel.ts';
import { dialer } from './dial.ts';
import { Http2Channel } from './http2-channel.ts';
import type { TlsMaterial } from './tls.ts';

/** The ways to one replica. */
export interface Channels {
  /** For ordinary requests. */
  readonly calls: Channel;
  /** For `subscriptions/listen`: a pool looks through its busy connections, and streams are busy for hours. */
  readonly streams: Channel;
}

/** What channels are opened with. */
export interface OpenOptions {
  readonly endings: Endings;
  readonly tls: TlsMaterial | undefined;
  /** The process, for a server that is one. */
  readonly process: Channel | undefined;
  /** How names become addresses; `undefined` for the system's way. */
  readonly lookup: LookupFunction | undefined;
}

/** Makes the channels to a replica; nothing is dialled yet. */
export function openChannels(plan: ReplicaPlan, server: ServerPlan, options: OpenOptions): Channels {
  const { process } = options;
  if (process !== undefined) return { calls: process, streams: process };
  const { http2, network } = server.channel;
  const { endings, tls, lookup } = options;
  const connect = dialer({ timeoutMs: server.timeouts.connectMs, network, tls, http2, lookup });
  if (http2) {
    const channel = new Http2Channel(plan.origin, connect);
    return { calls: channel, streams: channel };
  }
  const pool = { pipelining: 1, connect: notingEndings(endings, connect) };
  return { calls: new Pool(plan.origin, pool), streams: new Pool(plan.origin, pool) };
}
