import { Ajv, type ErrorObject } from 'ajv';
import type { GatewayConfig } from './config.ts';
import { nearest } from './nearest.ts';
import { type ConfigPath, type ConfigProblem, formatPath } from './problem.ts';
import { CONFIG_SCHEMA } from './schema.ts';
import type { ConfigSchemaNode } from './schema-node.ts';

const AJV: Ajv = new Ajv({ allErrors: true, verbose: true, strict: true, allowUnionTypes: true });

/** A configuration of the right shape, or what is wrong with it. */
export type Validated =
  | { readonly ok: true; readonly config: GatewayConfig }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Checks a parsed document against the configuration's schema. Every problem is reported, not only the first. */
export function validateConfig(value: unknown): Validated {
  const checked = validateAs<GatewayConfig>(CONFIG_SCHEMA, value);
  return checked.ok ? { ok: true, config: checked.value } : checked;
}

/** A document of the right shape, or what is wrong with it. */
export type ValidatedAs<As> =
  | { readonly ok: true; readonly value: As }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Checks a parsed document of any kind against its schema; `As` is what the schema describes. */
export function validateAs<As>(schema: ConfigSchemaNode, value: unknown): ValidatedAs<As> {
  // One schema is compiled once: that takes longer than to read a configuration of a thousand servers.
  const validate = AJV.compile<As>(schema);
  if (validate(value)) return { ok: true, value };
  const problems: ConfigProblem[] = [];
  for (const error of validate.errors ?? []) {
    const problem = toProblem(error);
    if (problem !== undefined) problems.push(problem);
  }
  return { ok: false, problems };
}

// ---

function toProblem(error: ErrorObject): ConfigProblem | undefined {
  const path = fromPointer(error.instancePath);
  // `verbose` puts the schema node that failed here; ours are all ConfigSchemaNode.
  const node = error.parentSchema as ConfigSchemaNode;
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKey(path, String(error.params['additionalProperty']), node);
    case 'required': {
      const key = String(error.params['missingProperty']);
      return { path, message: `${formatPath(path)} needs the key "${key}"` };
    }
    case 'propertyNames':
      return badName(path, String(error.params['propertyName']), node);
    case 'uniqueItems':
      return { path, message: `${formatPath(path)} lists the same value twice, as ${repeated(error)}` };
    case 'minItems':
    case 'minProperties':
      return { path, message: `${formatPath(path)} must not be empty; expected ${expected(node)}` };
    case 'maxItems':
    case 'maxProperties':
      return {
        path,
        message: `${formatPath(path)} has too many entries; at most ${String(error.params['limit'])}`,
      };
    default:
      // The name itself is reported by `propertyNames`; ajv also reports the rule it broke.
      if (error.propertyName !== undefined) return undefined;
      return {
        path,
        message: `${formatPath(path)} is ${node.writeOnly === true ? kindOf(error.data) : shown(error.data)}; expected ${expected(node)}`,
      };
  }
}

function unknownKey(path: ConfigPath, key: string, node: ConfigSchemaNode): ConfigProblem {
  const known = Object.keys(node.properties ?? {});
  const guess = nearest(key, known);
  const hint =
    guess === undefined ? `the keys known here are ${known.join(', ')}` : `did you mean "${guess}"?`;
  return { path: [...path, key], message: `${formatPath([...path, key])} is not a known key; ${hint}` };
}

function badName(path: ConfigPath, key: string, node: ConfigSchemaNode): ConfigProblem {
  const wanted = node.propertyNames?.title ?? 'another name';
  return {
    path: [...path, key],
    message: `${formatPath([...path, key])} is not a usable name; expected ${wanted}`,
  };
}

function expected(node: ConfigSchemaNode): string {
  const noun = node.title ?? 'something else';
  const bounded = node.minimum !== undefined && node.maximum !== undefined && !noun.includes(' from ');
  return bounded ? `${noun} from ${node.minimum} to ${node.maximum}` : noun;
}

function repeated({ params }: ErrorObject): string {
  const [first, second] = [Number(params['i']), Number(params['j'])].sort((a, b) => a - b);
  return `entries ${first} and ${second}`;
}

const SHOWN = 60;

function shown(value: unknown): string {
  if (value === null || typeof value === 'object') return kindOf(value);
  const text = JSON.stringify(value) ?? String(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? 'a text that does not fit' : `a ${typeof value}`;
}

function fromPointer(pointer: string): (string | number)[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^(0|[1-9]\d*)$/.test(part) ? Number(part) : part));
}
