import {
  Composer,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type ParsedNode,
  Parser,
  type YAMLError,
} from 'yaml';
import { ConfigError, type ConfigPath, type ConfigProblem } from './problem.ts';
import { atOnce, type Steps } from './steps.ts';

/** A document as a value, and where in its text its parts stand. */
export interface LocatedDocument {
  readonly value: unknown;
  /** Adds line and column to a problem of the value. */
  located(problem: ConfigProblem): ConfigProblem;
}

/** Reads YAML (or JSON). Throws `ConfigError` for what is too large or not valid. */
export function readDocument(text: string, file: string | undefined): LocatedDocument {
  return atOnce(documentSteps(text, file));
}

/** The same, to be done in slices. */
export function* documentSteps(text: string, file: string | undefined): Steps<LocatedDocument> {
  if (text.length > MAX_TEXT)
    throw new ConfigError([{ path: [], message: 'the file is larger than 4 MiB' }], file);
  const lines = new LineCounter();
  const [document, another] = yield* compose(text, lines);
  yield;
  const problems = syntaxErrors(document).map((error) => syntaxProblem(error, lines));
  for (const { reason, offset } of faultsOf(document.contents)) problems.push(invalid(reason, offset, lines));
  if (another !== undefined)
    problems.push(invalid('expected one document, not several', another.range?.[0] ?? 0, lines));
  if (problems.length > 0) throw new ConfigError(problems, file);
  yield;
  const value = toValue(document, file);
  yield;
  return { value, located: (problem) => locate(problem, document.contents, lines) };
}

// ---

const MAX_TEXT = 4 * 1024 * 1024;
const MAX_ALIASES = 100;

/** How many lexemes are one step. */
const STEP = 64;

type Composed = Document.Parsed<ParsedNode>;

/** The documents of a text: there is always a first one. */
function* compose(text: string, lines: LineCounter): Steps<[Composed, ...Composed[]]> {
  const parser = new Parser(lines.addNewLine);
  // The library compares each key of a mapping with all of those before it, which takes a quarter of the time for a thousand.
  const composer = new Composer({ uniqueKeys: false, prettyErrors: false, version: '1.2' });
  const documents: Composed[] = [];
  let lexemes = 0;
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token));
    lexemes += 1;
    if (lexemes % STEP === 0) yield;
  }
  yield;
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end(true, text.length));
  const [first, ...others] = documents;
  if (first === undefined) throw new TypeError('a text always has a document');
  return [first, ...others];
}

interface Fault {
  readonly reason: string;
  readonly offset: number;
}

/** What is wrong with a document whose syntax is right: keys that their mapping has already, aliases of nothing. */
function faultsOf(root: unknown): readonly Fault[] {
  const faults: Fault[] = [];
  const anchors = new Set<string>();
  const fault = (reason: string, node: unknown) => faults.push({ reason, offset: startOf(node) ?? 0 });
  const visit = (node: unknown): void => {
    if (isAlias(node)) {
      if (!anchors.has(node.source)) fault(`no anchor "&${node.source}" stands before this alias`, node);
    } else if (isNode(node) && node.anchor !== undefined) anchors.add(node.anchor);
    if (!isCollection(node)) return;
    const keys = new Set<unknown>();
    for (const item of node.items) {
      if (!isPair(item)) {
        visit(item);
        continue;
      }
      if (isScalar(item.key)) {
        if (keys.has(item.key.value)) fault('Map keys must be unique', item.key);
        keys.add(item.key.value);
      }
      visit(item.key);
      visit(item.value);
    }
  };
  visit(root);
  return faults;
}

function toValue(document: Composed, file: string | undefined): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch {
    const message = `the file repeats too much through aliases (at most ${MAX_ALIASES} are expanded)`;
    throw new ConfigError([{ path: [], message }], file);
  }
}

/** What the library has to say, once for each place: the first word is the one that helps. */
function syntaxErrors({ errors }: Composed): readonly YAMLError[] {
  const places = new Set<number>();
  return errors.filter(({ pos: [offset] }) => !places.has(offset) && places.add(offset));
}

function syntaxProblem({ code, message, pos }: YAMLError, lines: LineCounter): ConfigProblem {
  const hint = code === 'BLOCK_AS_IMPLICIT_KEY' ? '; is the next line indented too far?' : '';
  return invalid(`${message}${hint}`, pos[0], lines);
}

function invalid(reason: string, offset: number, lines: LineCounter): ConfigProblem {
  const { line, col } = lines.linePos(offset);
  return { path: [], message: `not valid YAML: ${reason}`, line, column: col };
}

function locate(problem: ConfigProblem, root: ParsedNode | null, lines: LineCounter): ConfigProblem {
  const offset = offsetOf(root, problem.path);
  if (offset === undefined) return { ...problem, line: 1, column: 1 };
  const { line, col } = lines.linePos(offset);
  return { ...problem, line, column: col };
}

/** The offset of the deepest part of the path that stands in the text: the key of a mapping, the item of a list. */
function offsetOf(root: Node | null, path: ConfigPath): number | undefined {
  let node: unknown = root;
  let offset = root?.range?.[0];
  for (const part of path) {
    let next: unknown;
    if (isMap(node)) {
      const pair = node.items.find((item) => keyText(item.key) === String(part));
      if (pair === undefined) break;
      offset = startOf(pair.key) ?? offset;
      next = pair.value;
    } else if (isSeq(node) && typeof part === 'number') {
      next = node.items[part];
      offset = startOf(next) ?? offset;
    }
    if (next === undefined || next === null) break;
    node = next;
  }
  return offset;
}

function keyText(key: unknown): string | undefined {
  return typeof key === 'object' && key !== null && 'value' in key ? String(key.value) : undefined;
}

function startOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range))
    return undefined;
  const start: unknown = node.range[0];
  return typeof start === 'number' ? start : undefined;
}
