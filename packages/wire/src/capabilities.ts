import type { ClientCapabilities } from './types/capabilities.ts';
import type { InputRequest, InputRequests } from './types/input.ts';
import { isObject } from './walk.ts';

/**
 * Of the required capabilities those that the client did not declare, or undefined when it declared all. An empty
 * `elicitation` means form mode, on either side; of an extension only its presence counts, since its settings are its own
 * affair. Spec: basic/index#meta, client/elicitation#capabilities.
 */
export function missingCapabilities(
  required: ClientCapabilities,
  declared: ClientCapabilities,
): ClientCapabilities | undefined {
  const missing: Tree = {};
  const have = declared as Tree; // the keys are open on both sides
  for (const [name, wanted] of Object.entries(required as Tree)) {
    if (wanted === undefined) continue;
    const lacking = lackingOf(name, wanted, own(have, name));
    if (lacking !== undefined) missing[name] = lacking;
  }
  return Object.keys(missing).length === 0 ? undefined : (missing as ClientCapabilities); // a part of `required`
}

/** The capability a client needs for an input request. Spec: basic/patterns/mrtr#server-requirements-basic-workflow. */
export function requiredFor(request: InputRequest): ClientCapabilities {
  switch (request.method) {
    case 'elicitation/create':
      return { elicitation: request.params.mode === 'url' ? { url: {} } : { form: {} } };
    case 'sampling/createMessage': {
      const { tools, toolChoice, includeContext } = request.params;
      return {
        sampling: {
          ...(tools !== undefined || toolChoice !== undefined ? { tools: {} } : {}),
          ...(includeContext !== undefined && includeContext !== 'none' ? { context: {} } : {}),
        },
      };
    }
    case 'roots/list':
      return { roots: {} };
  }
}

/** The capabilities a client needs for all of the input requests. */
export function requiredForAll(requests: InputRequests): ClientCapabilities {
  const required: ClientCapabilities = {};
  for (const request of Object.values(requests)) {
    const { elicitation, sampling, roots } = requiredFor(request);
    if (elicitation !== undefined) required.elicitation = { ...required.elicitation, ...elicitation };
    if (sampling !== undefined) required.sampling = { ...required.sampling, ...sampling };
    if (roots !== undefined) required.roots = roots;
  }
  return required;
}

type Tree = { [name: string]: unknown };

function lackingOf(name: string, wanted: unknown, have: unknown): unknown {
  if (!isObject(have)) return wanted;
  if (!isObject(wanted)) return undefined;
  if (name === 'elicitation') return lackingModes(wanted, have);
  const lacking = Object.keys(wanted).filter((key) => own(have, key) === undefined);
  return pick(wanted, lacking);
}

function lackingModes(wanted: Tree, have: Tree): Tree | undefined {
  const lacking = modesOf(wanted).filter((mode) => !modesOf(have).includes(mode));
  if (lacking.length === 0) return undefined;
  return Object.keys(wanted).length === 0 ? {} : pick(wanted, lacking);
}

function modesOf(elicitation: Tree): string[] {
  const modes = Object.keys(elicitation);
  return modes.length === 0 ? ['form'] : modes;
}

function pick(from: Tree, keys: readonly string[]): Tree | undefined {
  return keys.length === 0 ? undefined : Object.fromEntries(keys.map((key) => [key, from[key]]));
}

function own(tree: Tree, key: string): unknown {
  return Object.hasOwn(tree, key) ? tree[key] : undefined;
}
