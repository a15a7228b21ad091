import type { ASTNode } from '@marcbachmann/cel-js';

/** What an expression looks at. */
export interface Uses {
  readonly variables: ReadonlySet<string>;
  /** The members of `caller` it looks at; `*` where that cannot be told. */
  readonly callerFields: ReadonlySet<string>;
  /** Whether it looks at what only the definition of a tool says. */
  readonly annotations: boolean;
  /** Whether it looks at `request.params`, which no member of a list has. */
  readonly requestDetails: boolean;
  /** How deep macros that go through lists nest. */
  readonly nestedMacros: number;
  /** The calls of `matches`. */
  readonly matches: readonly MatchesCall[];
  /** Where arguments are looked at: the names of members, and the texts that could be names. */
  readonly words: readonly string[];
}

/** A call of `matches` in an expression's text. */
export interface MatchesCall {
  /** The pattern, where it is a literal. */
  readonly pattern: string | undefined;
  /** Where the call ends and its receiver ends, and where its argument begins: offsets in the text. */
  readonly receiverEnd: number;
  readonly argumentStart: number;
}

/** Finds out what an expression looks at, without running it. */
export function inspect(ast: ASTNode): Uses {
  const found: Found = {
    ...{ variables: new Set(), callerFields: new Set(), matches: [], words: [] },
    ...{ annotations: false, requestDetails: false, nestedMacros: 0 },
  };
  visit(ast, 0, found);
  return { ...found, words: found.variables.has('args') ? found.words : [] };
}

// ---

interface Found {
  readonly variables: Set<string>;
  readonly callerFields: Set<string>;
  readonly matches: MatchesCall[];
  readonly words: string[];
  annotations: boolean;
  requestDetails: boolean;
  nestedMacros: number;
}

const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
const ALWAYS_KNOWN: ReadonlySet<string> = new Set(['method', 'name', 'door', 'version']);

function visit(node: ASTNode, depth: number, found: Found): void {
  if (node.op === '.' || node.op === '.?') found.words.push(node.args[1]);
  if (node.op === 'value' && typeof node.args === 'string') found.words.push(node.args);
  if (node.op === '.' && node.args[0].op === '.' && isClaims(node.args[0])) {
    found.variables.add('caller');
    found.callerFields.add(`claims.${node.args[1]}`);
    return;
  }
  if (node.op === '.' && node.args[0].op === 'id') {
    member(node.args[0].args, node.args[1], found);
    return;
  }
  if (node.op === 'id') whole(node.args, found);
  const inner = node.op === 'rcall' && LOOPS.has(node.args[0]) ? depth + 1 : depth;
  found.nestedMacros = Math.max(found.nestedMacros, inner);
  if (node.op === 'rcall' && node.args[0] === 'matches') noteMatches(node.args[1], node.args[2][0], found);
  for (const child of childrenOf(node.args)) visit(child, inner, found);
}

/** `caller.claims`. */
function isClaims(node: ASTNode): boolean {
  return (
    node.op === '.' && node.args[0].op === 'id' && node.args[0].args === 'caller' && node.args[1] === 'claims'
  );
}

/** `variable.field`. */
function member(variable: string, field: string, found: Found): void {
  found.variables.add(variable);
  if (variable === 'caller') found.callerFields.add(field);
  if (variable === 'tool' && field !== 'name') found.annotations = true;
  if (variable === 'request' && !ALWAYS_KNOWN.has(field)) found.requestDetails = true;
}

/** A variable by itself: all of it may be looked at. */
function whole(variable: string, found: Found): void {
  found.variables.add(variable);
  if (variable === 'caller') found.callerFields.add('*');
  if (variable === 'tool') found.annotations = true;
  if (variable === 'request') found.requestDetails = true;
}

function noteMatches(receiver: ASTNode, argument: ASTNode | undefined, found: Found): void {
  const literal = argument?.op === 'value' && typeof argument.args === 'string' ? argument.args : undefined;
  found.matches.push({
    pattern: literal,
    receiverEnd: receiver.end,
    argumentStart: argument?.start ?? receiver.end,
  });
}

/** The nodes among an operator's operands, however they are nested. */
function* childrenOf(operands: unknown): Generator<ASTNode> {
  if (Array.isArray(operands)) for (const operand of operands) yield* childrenOf(operand);
  // The engine's nodes are the only objects with an `op`.
  else if (typeof operands === 'object' && operands !== null && 'op' in operands) yield operands as ASTNode;
}
