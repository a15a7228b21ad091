import type { JsonSchema, SchemaInput } from '@switchyard/schema';
import { checkSchema, requireObjectRoot, toJsonSchema } from '@switchyard/schema';
import type { HeaderBinding, Tool } from '@switchyard/wire';
import { compileHeaderBindings } from '@switchyard/wire';
import type { RequestContext } from '../context/request-context.ts';
import { naming } from './naming.ts';
import type { ToolDefinition } from './tool.ts';

/** A tool as registered: everything that can be checked at once is checked; validators follow. */
export interface DeclaredTool {
  readonly name: string;
  readonly entry: Tool;
  readonly bindings: readonly HeaderBinding[];
  readonly definition: ToolDefinition;
  readonly call: (args: unknown, ctx: RequestContext) => unknown;
}

/** A handler of either form. */
export type AnyToolHandler = (...args: never[]) => unknown;

/** What a tool takes that declares no arguments. */
export const NO_ARGUMENTS: JsonSchema = Object.freeze({ type: 'object', additionalProperties: false });

/** Checks a tool's declaration; throws `TypeError`, naming the tool and what to mend. */
export function declareTool(name: string, definition: ToolDefinition, handler: AnyToolHandler): DeclaredTool {
  if (name.length === 0) throw new TypeError('A tool needs a name.');
  if (typeof handler !== 'function') throw new TypeError(`The tool '${name}' needs a handler.`);
  return naming(`tool '${name}'`, () => {
    const { inputSchema, outputSchema } = definition;
    const input = inputSchema === undefined ? NO_ARGUMENTS : checked(inputSchema, 'input');
    requireObjectRoot(input);
    const bindings = compileHeaderBindings(input);
    if (!bindings.ok) throw new TypeError(bindings.reason);
    const output = outputSchema === undefined ? undefined : checked(outputSchema, 'output');
    return {
      name,
      entry: toEntry(name, definition, { input, output }),
      bindings: bindings.bindings,
      definition,
      call: toCall(definition, handler),
    };
  });
}

function checked(schema: SchemaInput, direction: 'input' | 'output'): JsonSchema {
  const json = toJsonSchema(schema, direction);
  checkSchema(json);
  return json;
}

interface Shapes {
  readonly input: JsonSchema;
  readonly output: JsonSchema | undefined;
}

function toEntry(name: string, definition: ToolDefinition, { input, output }: Shapes): Tool {
  const { title, description, annotations, icons, _meta } = definition;
  const entry: Tool = {
    name,
    // requireObjectRoot has seen that the root's type is 'object'.
    inputSchema: input as Tool['inputSchema'],
  };
  if (title !== undefined) entry.title = title;
  if (description !== undefined) entry.description = description;
  if (output !== undefined) entry.outputSchema = output;
  if (annotations !== undefined) entry.annotations = annotations;
  if (icons !== undefined) entry.icons = [...icons];
  if (_meta !== undefined) entry._meta = _meta;
  return entry;
}

/** A handler without arguments takes the context first. */
function toCall({ inputSchema }: ToolDefinition, handler: AnyToolHandler): DeclaredTool['call'] {
  // The declaration's types tie the handler's parameters to its schema.
  const call = handler as (...args: unknown[]) => unknown;
  return inputSchema === undefined ? (_args, ctx) => call(ctx) : (args, ctx) => call(args, ctx);
}
