import { type Schema, toTypes } from './schema-type.ts';
import { comment, toKey, toTypeName } from './source-text.ts';

/** What is read of a tool. */
export interface TypedTool {
  readonly name: string;
  readonly description?: string;
  readonly inputSchema: Schema;
  readonly outputSchema?: Schema;
}

/** A TypeScript module with the types of these tools. The same tools, in whatever order, make the same text. */
export function toModule(tools: readonly TypedTool[]): string {
  const sorted = [...tools].sort((a, b) => (a.name < b.name ? -1 : 1));
  const taken = new Set(['Tools']);
  const named = sorted.map((tool) => ({ tool, base: freshBase(toTypeName(tool.name), taken) }));
  const rows = named.map(
    ({ tool: { name, description, outputSchema }, base }) =>
      `${comment(description, '  ')}  readonly ${toKey(name)}: { readonly input: ${base}Input; readonly output: ${outputSchema === undefined ? 'unknown' : `${base}Output`} };\n`,
  );
  const declarations = named.flatMap(({ tool: { inputSchema, outputSchema }, base }) => [
    ...declare(inputSchema, `${base}Input`),
    ...(outputSchema === undefined ? [] : declare(outputSchema, `${base}Output`)),
  ]);
  return `${HEAD}export interface Tools {\n${rows.join('')}}\n${declarations.map((each) => `\n${each}`).join('')}`;
}

// ---

const HEAD = `// Written by "switchyard types". Do not edit.

/** What each tool takes and gives: \`createClient<Tools>({ … })\`. */
`;

function declare(schema: Schema, name: string): readonly string[] {
  const { type, named } = toTypes(schema, name);
  const about = comment(schema['title'], '');
  return [
    `${about}export type ${name} = ${type};\n`,
    ...[...named].map(([each, text]) => `export type ${each} = ${text};\n`),
  ];
}

/** A name that no other tool's types begin with. */
function freshBase(name: string, taken: Set<string>): string {
  for (let count = 1; ; count += 1) {
    const candidate = count === 1 ? name : `${name}${count}`;
    if (taken.has(candidate)) continue;
    taken.add(candidate);
    return candidate;
  }
}
