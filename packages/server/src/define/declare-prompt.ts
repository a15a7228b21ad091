import { checkSchema, toJsonSchema } from '@switchyard/schema';
import type { Prompt, PromptArgument } from '@switchyard/wire';
import type { RequestContext } from '../context/request-context.ts';
import type { CompiledPrompt } from '../snapshot/definitions.ts';
import { naming } from './naming.ts';
import type { PromptArgumentDefinition, PromptDefinition, StandardArguments } from './prompt.ts';

/** A prompt as registered. */
export interface DeclaredPrompt extends Omit<CompiledPrompt, 'args'> {
  readonly definition: PromptDefinition;
}

/** Checks a prompt's declaration; throws `TypeError`, naming the prompt and what to mend. */
export function declarePrompt(
  name: string,
  definition: PromptDefinition,
  handler: (...args: never[]) => unknown,
): DeclaredPrompt {
  if (name.length === 0) throw new TypeError('A prompt needs a name.');
  if (typeof handler !== 'function') throw new TypeError(`The prompt '${name}' needs a handler.`);
  return naming(`prompt '${name}'`, () => {
    const { argsSchema, visible, complete = {} } = definition;
    const entry = toEntry(name, definition);
    const names = new Set((entry.arguments ?? []).map((argument) => argument.name));
    for (const argument of Object.keys(complete)) {
      if (!names.has(argument))
        throw new TypeError(`complete.${argument} is for an argument that it does not have.`);
    }
    // The declaration's types tie the handler's parameters to its arguments.
    const call = handler as (...args: unknown[]) => unknown;
    const bound = (args: unknown, ctx: RequestContext): unknown =>
      argsSchema === undefined ? call(ctx) : call(args, ctx);
    return { name, entry, visible, complete, definition, call: bound };
  });
}

function toEntry(name: string, { title, description, argsSchema, icons, _meta }: PromptDefinition): Prompt {
  const entry: Prompt = { name };
  if (title !== undefined) entry.title = title;
  if (description !== undefined) entry.description = description;
  if (argsSchema !== undefined)
    entry.arguments = isStandard(argsSchema) ? fromSchema(argsSchema) : fromNames(argsSchema);
  if (icons !== undefined) entry.icons = [...icons];
  if (_meta !== undefined) entry._meta = _meta;
  return entry;
}

type ByName = Readonly<Record<string, PromptArgumentDefinition>>;

/** Tells arguments that are a schema from arguments that are named one by one. */
export const isStandard = (args: ByName | StandardArguments): args is StandardArguments =>
  '~standard' in args;

function fromNames(args: ByName): PromptArgument[] {
  return Object.entries(args).map(([name, details]) => ({ name, ...details }));
}

function fromSchema(schema: StandardArguments): PromptArgument[] {
  const json = toJsonSchema(schema, 'input');
  checkSchema(json);
  const { properties = {}, required = [] } = json;
  const mandatory: readonly unknown[] = Array.isArray(required) ? required : [];
  return Object.entries(properties ?? {}).map(([name, property]) => ({
    name,
    ...described(property),
    required: mandatory.includes(name),
  }));
}

function described(property: unknown): Pick<PromptArgument, 'title' | 'description'> {
  if (typeof property !== 'object' || property === null) return {};
  const { title, description } = property as Record<string, unknown>; // any object has properties
  return {
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof description === 'string' ? { description } : {}),
  };
}
