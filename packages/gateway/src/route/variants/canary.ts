import type { Exchange } from '../../exchange.ts';
import { callerKey } from '../../identify/caller.ts';
import type { LiveServer, LiveVariant } from '../../plan/live.ts';

/**
 * The version of a server that a call goes to: the canary for its share of the callers of each tool, by a hash, so that a
 * caller stays with one version of a tool at every instance of the gateway. Callers whom nobody has identified are told
 * apart by their address. A canary none of whose replicas answers gets nothing.
 */
export function versionFor(exchange: Exchange, server: LiveServer): LiveServer {
  const { canary } = server;
  if (canary === undefined || !isConcerned(exchange, canary)) return server;
  const chosen = fractionOf(exchange, server) < canary.share && isUp(canary.server);
  exchange.note({ stage: 'route', decision: 'allowed', rule: chosen ? 'canary' : 'stable' });
  count(exchange, chosen ? canary.figures.canary : canary.figures.stable);
  return chosen ? canary.server : server;
}

// ---

function isConcerned({ request: { method, name } }: Exchange, { tools }: LiveVariant): boolean {
  return method === 'tools/call' && (tools === undefined || tools.has(name ?? ''));
}

function isUp({ replicas }: LiveServer): boolean {
  return replicas.replicas.some(({ health }) => health.state !== 'out');
}

function count(exchange: Exchange, figures: { calls: number; failed: number }): void {
  figures.calls += 1;
  exchange.onEnd(({ status, complete }) => {
    if (status !== undefined && (status >= 500 || !complete)) figures.failed += 1;
  });
}

/** A number from 0 up to 1 that is the caller's own for that tool. */
function fractionOf({ caller, req, request }: Exchange, { plan }: LiveServer): number {
  const who = caller.by === 'nobody' ? (req.socket.remoteAddress ?? '') : callerKey(caller);
  return hash(`${who}\n${plan.name}\n${request.name ?? ''}`) / 2 ** 32;
}

/** FNV-1a with a final mixing: nobody gains by choosing a version. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
