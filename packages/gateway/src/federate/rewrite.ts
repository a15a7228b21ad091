import type { Caller } from '../identify/caller.ts';
import type { LiveFederation } from '../plan/live.ts';
import type { MemberPlan } from './config.ts';
import type { Handles } from './handles.ts';
import { requestShape, responseShape, streamedShape, type TextKind } from './shapes.ts';
import { type Edit, editTexts, type Found, findTexts, type Shape } from './texts.ts';

/** A call of one server on the federated path: what its messages are rewritten by, on the way there and back. */
export interface Crossing {
  readonly federation: LiveFederation;
  readonly handles: Handles;
  readonly member: MemberPlan;
  readonly caller: Caller;
  readonly method: string;
  /** The server's own name of what is called. */
  readonly name: string;
  /** What the caller calls it. */
  readonly sent: string;
}

/** A request as the server is to see it; `undefined` where a handle in it does not open. */
export async function rewriteRequest(json: string, crossing: Crossing): Promise<string | undefined> {
  const shape = requestShape(crossing.method);
  if (shape === undefined) return json;
  const edits: Edit[] = [];
  for (const found of findTexts(json, shape)) {
    if (found.kind !== 'state' && found.value !== crossing.sent) continue;
    const value = found.kind === 'state' ? await ownState(found.value, crossing) : crossing.name;
    if (value === undefined) return undefined;
    edits.push(toEdit(found, value));
  }
  return editTexts(json, edits);
}

/** A response as callers of the federation are to see it; a promise only where something has to be sealed. */
export function rewriteResponse(json: string, crossing: Crossing): string | Promise<string> {
  const shape = responseShape(crossing.method);
  return shape === undefined ? json : rewriteTexts(json, shape, crossing);
}

/** Rewrites what stands where the shape says. */
export function rewriteTexts(
  json: string,
  shape: Shape<TextKind>,
  crossing: Crossing,
): string | Promise<string> {
  const found = meantTexts(findTexts(json, shape), crossing.method);
  if (found.every(({ kind }) => kind === 'uri'))
    return editTexts(
      json,
      found.map((one) => toEdit(one, qualified(one.value, crossing))),
    );
  const edits = found.map(async (one) => toEdit(one, await outward(one, crossing)));
  return Promise.all(edits).then((all) => editTexts(json, all));
}

/** What a notification about one thing is rewritten by. */
export interface StreamedParts {
  readonly qualifier: LiveFederation['qualifier'];
  readonly member: MemberPlan;
  /** Of the notification. */
  readonly method: string;
  /** The server's own name of the thing, and the one by which the caller asked for it. */
  readonly own: string;
  readonly sent: string;
  /** The id of the caller's stream, as JSON. */
  readonly id: string;
}

/** A notification of a stream under the caller's names; `undefined` for one that may not come on such a stream. */
export function rewriteStreamed(json: string, parts: StreamedParts): string | undefined {
  const { qualifier, member, method, own, sent, id } = parts;
  const shape = streamedShape(method);
  if (shape === undefined) return undefined;
  const found = findTexts(json, shape);
  // Every notification of a stream says which stream it is of.
  if (!found.some(({ kind }) => kind === 'subscription')) return undefined;
  const edits = found.map((one): Edit => {
    if (one.kind === 'subscription') return { start: one.start, end: one.end, json: id };
    return toEdit(one, one.value === own ? sent : qualifier.qualifyUri(member, one.value));
  });
  return editTexts(json, edits);
}

// ---

function toEdit({ start, end }: Found<TextKind>, value: string): Edit {
  return { start, end, json: JSON.stringify(value) };
}

function ownState(state: string, { handles, caller, member, method, name }: Crossing) {
  return handles.openState(state, { caller, server: member.server, method, name });
}

/** A `taskId` or `requestState` is one only in a result of that type; elsewhere it is the server's own affair. */
function meantTexts(found: readonly Found<TextKind>[], method: string): readonly Found<TextKind>[] {
  const type = found.find(({ kind }) => kind === 'resultType')?.value;
  return found.filter(({ kind }) => {
    if (kind === 'state') return type === 'input_required';
    if (kind === 'task') return type === 'task' || method !== 'tools/call';
    return kind !== 'resultType';
  });
}

function outward({ kind, value }: Found<TextKind>, crossing: Crossing): string | Promise<string> {
  const { handles, caller, member, method, name, sent } = crossing;
  if (kind === 'state') return handles.sealState(value, { caller, server: member.server, method, name });
  if (kind !== 'task') return qualified(value, crossing);
  return value === name && method !== 'tools/call' ? sent : handles.sealTask(value, member, caller);
}

/** What was asked for comes back under the name it was asked for by. */
function qualified(uri: string, { federation, member, method, name, sent }: Crossing): string {
  return uri === name && method === 'resources/read' ? sent : federation.qualifier.qualifyUri(member, uri);
}
