import { checkSchema } from '@switchyard/schema';
import { compileHeaderBindings } from '@switchyard/wire';
import { type Area, type Check, noneOf, skipped } from '../check.ts';
import { isObject, type Json } from '../reply.ts';
import { requirement } from '../rules.ts';

/** Whether clients can use the tools as they are declared. Spec: server/tools#data-types. */
export const TOOLS: Area = {
  title: 'Tools',
  checks: [
    eachTool('tools.input-root', 'SCHEMA-005', {
      title: 'Every input schema is of type "object"',
      mend: 'Give the tool an inputSchema with "type": "object" at its root.',
      fault: ({ inputSchema }) =>
        isObject(inputSchema) && inputSchema['type'] === 'object'
          ? undefined
          : 'has no inputSchema of type "object"',
    }),
    eachTool('tools.input-schema', 'TOOL-006', {
      title: 'Every input schema is valid JSON Schema',
      mend: 'Mend the schema; it is read as 2020-12 unless $schema says otherwise, and nothing is fetched for a $ref.',
      fault: ({ inputSchema }) => (isObject(inputSchema) ? schemaFault(inputSchema) : undefined),
    }),
    eachTool('tools.output-schema', 'BASE-031', {
      title: 'Every output schema is valid JSON Schema',
      mend: 'Mend the schema; clients validate structured content with it.',
      fault: ({ outputSchema }) => {
        if (outputSchema === undefined) return undefined;
        return isObject(outputSchema) ? schemaFault(outputSchema) : 'has an outputSchema that is no object';
      },
    }),
    eachTool('tools.header-parameters', 'HTTP-028', {
      title: 'x-mcp-header stands only where it may',
      mend: 'Put it on string, integer and boolean properties that "properties" alone leads to, each with a header name of its own. Clients leave such a tool out.',
      fault: ({ inputSchema }) => {
        const compiled = compileHeaderBindings(inputSchema);
        return compiled.ok ? undefined : `is left out by clients: ${compiled.reason}`;
      },
    }),
    eachTool('tools.name-length', 'TOOL-007', {
      title: 'Tool names have 1 to 128 characters',
      mend: 'Shorten the name.',
      fault: ({ name }) =>
        typeof name === 'string' && name.length >= 1 && name.length <= 128
          ? undefined
          : 'has a name of another length',
    }),
    eachTool('tools.name-characters', 'TOOL-009', {
      title: 'Tool names have only letters, digits, underscore, hyphen and dot',
      mend: 'Leave other characters out of the name.',
      fault: ({ name }) =>
        typeof name !== 'string' || /^[A-Za-z0-9_.-]*$/.test(name)
          ? undefined
          : 'has other characters in its name',
    }),
  ],
};

// ---

interface ToolCase {
  readonly title: string;
  readonly mend: string;
  /** What is wrong with one tool, told of "it". */
  readonly fault: (tool: Json) => string | undefined;
}

function eachTool(id: string, row: string, { title, mend, fault }: ToolCase): Check {
  return {
    id,
    title,
    rule: requirement(row),
    mend,
    async run(exam) {
      const { items } = await exam.list('tools');
      if (items.length === 0) return skipped('there are no tools');
      return noneOf(
        items.flatMap((tool) => {
          const found = fault(tool);
          return found === undefined ? [] : [`The tool "${String(tool['name']).slice(0, 80)}" ${found}.`];
        }),
      );
    },
  };
}

function schemaFault(schema: Json): string | undefined {
  try {
    checkSchema(schema);
    return undefined;
  } catch (error) {
    return `has a schema that cannot be used: ${error instanceof Error ? error.message : String(error)}`;
  }
}
