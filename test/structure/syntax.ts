import { parseAst } from 'vitest/node';

/** A node of the syntax tree, as far as these checks look at it. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** Parses TypeScript; throws where it is not. */
export function parse(source: string): Node {
  // ESTree nodes have these fields; the rest is looked at field by field.
  return parseAst(source, { lang: 'ts' }) as unknown as Node;
}

/** Calls back for every node below and including the given one, parents first. */
function walk(node: Node, visit: (node: Node, parent: Node | undefined) => void): void {
  const descend = (child: Node, parent: Node | undefined): void => {
    visit(child, parent);
    for (const grandchild of childrenOf(child)) descend(grandchild, child);
  };
  descend(node, undefined);
}

/** What a module imports by value, by type, on demand or to give it on. */
export function importsOf(program: Node): readonly string[] {
  const specifiers: string[] = [];
  walk(program, (node) => {
    if (!IMPORTING.has(node.type)) return;
    const source = nodeAt(node, 'source');
    if (typeof source?.['value'] === 'string') specifiers.push(source['value']);
  });
  return specifiers;
}

/** The names that a module gives out, types marked by `type `; `*` for an `export *`. */
export function exportsOf(program: Node): readonly string[] {
  const names: string[] = [];
  for (const statement of nodesAt(program, 'body')) {
    if (statement.type === 'ExportAllDeclaration') names.push('*');
    if (statement.type === 'ExportDefaultDeclaration') names.push('default');
    if (statement.type !== 'ExportNamedDeclaration') continue;
    const allTypes = statement['exportKind'] === 'type';
    for (const specifier of nodesAt(statement, 'specifiers')) {
      const isType = allTypes || specifier['exportKind'] === 'type';
      names.push(marked(nameAt(specifier, 'exported'), isType));
    }
    const declaration = nodeAt(statement, 'declaration');
    if (declaration !== undefined)
      names.push(...declaredNames(declaration).map((name) => marked(name, allTypes)));
  }
  return names;
}

/** The modules that a module gives something on from. */
export function reExportsOf(program: Node): readonly string[] {
  return nodesAt(program, 'body').flatMap((statement) => {
    const source = statement.type.startsWith('Export') ? nodeAt(statement, 'source')?.['value'] : undefined;
    return typeof source === 'string' ? [source] : [];
  });
}

/** A function with its length in lines. */
export interface FunctionLength {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
}

/** Every function, method and arrow function of a source. */
export function functionLengths(program: Node, source: string): readonly FunctionLength[] {
  const found: FunctionLength[] = [];
  walk(program, (node, parent) => {
    if (!FUNCTIONS.has(node.type)) return;
    const line = lineAt(source, node.start);
    const name = nameAt(node, 'id') ?? nameAt(parent, 'key') ?? nameAt(parent, 'id') ?? '(anonymous)';
    found.push({ name, line, lines: lineAt(source, node.end) - line + 1 });
  });
  return found;
}

/** The names, out of those asked for, that a source uses as free-standing identifiers: not as keys or properties. */
export function identifiersUsed(program: Node, asked: ReadonlySet<string>): readonly string[] {
  const used = new Set<string>();
  walk(program, (node, parent) => {
    const name = node['name'];
    if (node.type !== 'Identifier' || typeof name !== 'string' || !asked.has(name)) return;
    const isKey = parent?.['key'] === node && parent['computed'] !== true && parent['shorthand'] !== true;
    const isProperty = parent?.['property'] === node && parent['computed'] !== true;
    if (!isKey && !isProperty) used.add(name);
  });
  return [...used];
}

/** Whether the source says `any` as a type, and where: line numbers. */
export function linesWithAny(program: Node, source: string): readonly number[] {
  const lines: number[] = [];
  walk(program, (node) => {
    if (node.type === 'TSAnyKeyword') lines.push(lineAt(source, node.start));
  });
  return lines;
}

/** Variables of a module that can change: `let`, `var`, containers that start empty, static fields that are not readonly. */
export function mutableState(program: Node): readonly string[] {
  const found: string[] = [];
  for (const statement of nodesAt(program, 'body')) {
    const declaration = nodeAt(statement, 'declaration') ?? statement;
    if (declaration['declare'] === true) continue;
    for (const variable of nodesAt(declaration, 'declarations')) {
      if (declaration['kind'] !== 'const' || startsEmpty(nodeAt(variable, 'init')))
        found.push(nameAt(variable, 'id') ?? '(pattern)');
    }
  }
  walk(program, (node) => {
    if (node.type !== 'PropertyDefinition' || node['static'] !== true) return;
    if (node['readonly'] !== true || startsEmpty(nodeAt(node, 'value')))
      found.push(nameAt(node, 'key') ?? '(static)');
  });
  return found;
}

/** The line, from 1, of a position in a text. */
function lineAt(text: string, position: number): number {
  let line = 1;
  for (let index = text.indexOf('\n'); index >= 0 && index < position; index = text.indexOf('\n', index + 1))
    line += 1;
  return line;
}

// ---

const IMPORTING: ReadonlySet<string> = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
]);

const FUNCTIONS: ReadonlySet<string> = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
]);

const CONTAINERS: ReadonlySet<string> = new Set(['Map', 'Set', 'WeakMap', 'WeakSet', 'Array']);

const marked = (name: string | undefined, isType: boolean): string =>
  `${isType ? 'type ' : ''}${name ?? '?'}`;

function declaredNames(declaration: Node): readonly string[] {
  const variables = nodesAt(declaration, 'declarations');
  if (variables.length > 0) return variables.map((variable) => nameAt(variable, 'id') ?? '?');
  return [nameAt(declaration, 'id') ?? '?'];
}

function startsEmpty(value: Node | undefined): boolean {
  if (value?.type === 'ArrayExpression') return nodesAt(value, 'elements').length === 0;
  if (value?.type === 'ObjectExpression') return nodesAt(value, 'properties').length === 0;
  if (value?.type !== 'NewExpression') return false;
  return CONTAINERS.has(nameAt(value, 'callee') ?? '') && nodesAt(value, 'arguments').length === 0;
}

function childrenOf(node: Node): readonly Node[] {
  return Object.values(node).flat().filter(isNode);
}

function nodeAt(node: Node | undefined, field: string): Node | undefined {
  const value = node?.[field];
  return isNode(value) ? value : undefined;
}

function nodesAt(node: Node, field: string): readonly Node[] {
  const value = node[field];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

function nameAt(node: Node | undefined, field: string): string | undefined {
  const name = nodeAt(node, field)?.['name'] ?? nodeAt(node, field)?.['value'];
  return typeof name === 'string' ? name : undefined;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
