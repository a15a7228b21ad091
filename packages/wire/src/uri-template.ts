import { type Expression, parseTemplate, type Variable } from './uri-template-parse.ts';

/** Values for a template: a text each, or a list where the variable is exploded (`{list*}`) or joined with commas. */
export type UriVariables = Record<string, string | string[]>;

/** A compiled RFC 6570 template. */
export interface UriTemplate {
  /** The template as it was given. */
  readonly template: string;
  /** The names of the variables, in order. */
  readonly variables: readonly string[];
  /**
   * The decoded values with which the template gives this URI, or undefined. A variable takes at least one character and as
   * many as it can, `/`, `?` and `#` only under `+` and `#`; those of a query may be missing and in any order. Linear in the
   * length of the URI, which may be 8192 at most.
   */
  match(uri: string): UriVariables | undefined;
  /** The URI for these values; a variable without one is left out. */
  expand(values: Readonly<Record<string, string | readonly string[] | undefined>>): string;
}

/**
 * Compiles a URI template: RFC 6570 up to level 3, and `*` for lists. Throws TypeError for a template that is malformed,
 * longer than 2048, names a variable twice, has a prefix (`{var:3}`), or has anything after a query expression.
 * Spec: server/resources#resource-templates.
 */
export function compileUriTemplate(template: string): UriTemplate {
  const pieces = parseTemplate(template);
  const plan = planOf(pieces);
  const variables = Object.freeze(
    pieces.flatMap((piece) => (typeof piece === 'string' ? [] : piece.variables.map(({ name }) => name))),
  );
  return Object.freeze({
    template,
    variables,
    match: (uri: string) => (uri.length > MAX_URI_LENGTH ? undefined : matchPlan(plan, uri)),
    expand: (values: Readonly<Record<string, string | readonly string[] | undefined>>) =>
      pieces.map((piece) => (typeof piece === 'string' ? piece : expandExpression(piece, values))).join(''),
  });
}

const MAX_URI_LENGTH = 8192;

/** A step of matching: a literal, or a variable that takes characters outside `stops`. */
type Step = { literal: string } | { name: string; stops: string; split: string | undefined };

interface Plan {
  readonly steps: readonly Step[];
  /** Variables of the query, by name; whether they are lists. */
  readonly query: ReadonlyMap<string, boolean>;
  /** What the query begins with. */
  readonly queryStart: '?' | '&';
}

function planOf(pieces: readonly (string | Expression)[]): Plan {
  const steps: Step[] = [];
  const query = new Map<string, boolean>();
  let queryStart: '?' | '&' = '?';
  let inQuery = false;
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      steps.push({ literal: piece });
      inQuery ||= piece.includes('?');
      continue;
    }
    const { operator, variables } = piece;
    if (operator === '?' || operator === '&') {
      if (query.size === 0) queryStart = operator;
      for (const { name, explode } of variables) query.set(name, explode);
      continue;
    }
    variables.forEach((variable, index) => {
      const literal = separatorOf(piece, variable, index);
      if (literal !== '') steps.push({ literal });
      steps.push(variableStep(piece, variable, inQuery));
    });
  }
  return { steps, query, queryStart };
}

function separatorOf({ operator }: Expression, { name }: Variable, index: number): string {
  if (operator === ';') return `;${name}=`;
  if (operator === '.' || operator === '/') return operator;
  if (index > 0) return ',';
  return operator === '#' ? '#' : '';
}

function variableStep(
  { operator, variables }: Expression,
  { name, explode }: Variable,
  inQuery: boolean,
): Step {
  const split = operator === '/' || operator === '.' ? operator : ',';
  if (operator === '+' || operator === '#') return { name, stops: '', split: explode ? split : undefined };
  let stops = inQuery ? '/?#&' : '/?#';
  if (operator === ';') stops += ';';
  if (operator === '.') stops += '.';
  if (variables.length > 1) stops += ',';
  if (explode) stops = stops.replace(split, '');
  return { name, stops, split: explode ? split : undefined };
}

function matchPlan(plan: Plan, uri: string): UriVariables | undefined {
  const { steps } = plan;
  const first = steps[0];
  if (first !== undefined && 'literal' in first && !uri.startsWith(first.literal)) return undefined;
  const width = uri.length + 1;
  const fits = feasible(plan, uri);
  if (fits[0] !== 1) return undefined;
  const found: UriVariables = {};
  let at = 0;
  for (const [index, step] of steps.entries()) {
    if ('literal' in step) {
      at += step.literal.length;
      continue;
    }
    const from = at;
    at = longest({ uri, step, from }, (end) => fits[(index + 1) * width + end] === 1);
    if (!store(found, step, uri.slice(from, at))) return undefined;
  }
  return readQuery(plan, uri.slice(at), found) ? found : undefined;
}

/** For each step and each position, row by row, whether the steps from there on fit the rest of the URI. */
function feasible({ steps, query, queryStart }: Plan, uri: string): Uint8Array {
  const width = uri.length + 1;
  const fits = new Uint8Array((steps.length + 1) * width);
  const last = steps.length * width;
  fits[last + uri.length] = 1;
  if (query.size > 0) {
    for (let at = uri.indexOf(queryStart); at !== -1; at = uri.indexOf(queryStart, at + 1))
      fits[last + at] = 1;
  }
  for (let index = steps.length - 1; index >= 0; index -= 1) {
    const step = steps[index];
    if (step !== undefined) fillRow({ fits, row: index * width, next: (index + 1) * width }, step, uri);
  }
  return fits;
}

function fillRow(
  { fits, row, next }: { fits: Uint8Array; row: number; next: number },
  step: Step,
  uri: string,
): void {
  if ('literal' in step) {
    const { literal } = step;
    for (
      let at = uri.lastIndexOf(literal);
      at !== -1;
      at = at === 0 ? -1 : uri.lastIndexOf(literal, at - 1)
    ) {
      fits[row + at] = fits[next + at + literal.length] ?? 0;
    }
    return;
  }
  let inside = 0;
  for (let at = uri.length - 1; at >= 0; at -= 1) {
    if (fits[next + at + 1] === 1) inside = 1;
    if (step.stops.includes(uri.charAt(at))) inside = 0;
    fits[row + at] = inside;
  }
}

function longest(
  { uri, step, from }: { uri: string; step: Extract<Step, { name: string }>; from: number },
  fitsAt: (end: number) => boolean,
): number {
  let best = from;
  for (let end = from + 1; end <= uri.length && !step.stops.includes(uri.charAt(end - 1)); end += 1) {
    if (fitsAt(end)) best = end;
  }
  return best;
}

function store(found: UriVariables, step: Extract<Step, { name: string }>, raw: string): boolean {
  if (step.split === undefined) {
    const value = decode(raw);
    if (value !== undefined) found[step.name] = value;
    return value !== undefined;
  }
  const values = raw.split(step.split).map(decode);
  if (values.includes(undefined)) return false;
  found[step.name] = values.filter((value) => value !== undefined);
  return true;
}

function readQuery({ query, queryStart }: Plan, rest: string, found: UriVariables): boolean {
  if (rest === '') return true;
  if (!rest.startsWith(queryStart) || rest.includes('#')) return false;
  for (const pair of rest.slice(1).split('&')) {
    const equals = pair.indexOf('=');
    const name = equals === -1 ? pair : pair.slice(0, equals);
    const value = decode(equals === -1 ? '' : pair.slice(equals + 1));
    const explode = query.get(name);
    if (explode === undefined || value === undefined) return false;
    const before = found[name];
    if (!explode) {
      if (before !== undefined) return false;
      found[name] = value;
    } else if (Array.isArray(before)) before.push(value);
    else found[name] = [value];
  }
  return true;
}

function decode(raw: string): string | undefined {
  if (!raw.includes('%')) return raw;
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined;
  }
}

const JOINTS: Readonly<Record<Expression['operator'], { start: string; between: string }>> = {
  '': { start: '', between: ',' },
  '+': { start: '', between: ',' },
  '#': { start: '#', between: ',' },
  '.': { start: '.', between: '.' },
  '/': { start: '/', between: '/' },
  ';': { start: ';', between: ';' },
  '?': { start: '?', between: '&' },
  '&': { start: '&', between: '&' },
};

function expandExpression(
  { operator, variables }: Expression,
  values: Readonly<Record<string, string | readonly string[] | undefined>>,
): string {
  const { start, between } = JOINTS[operator];
  const named = operator === ';' || operator === '?' || operator === '&';
  const encode = operator === '+' || operator === '#' ? encodeReserved : encodeUnreserved;
  const parts: string[] = [];
  for (const { name, explode } of variables) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined || (typeof value !== 'string' && value.length === 0)) continue;
    const items = (typeof value === 'string' ? [value] : value).map(encode);
    const texts = explode ? items : [items.join(',')];
    for (const text of texts) parts.push(named ? namedPart(name, text, operator) : text);
  }
  return parts.length === 0 ? '' : start + parts.join(between);
}

function namedPart(name: string, text: string, operator: Expression['operator']): string {
  return text === '' && operator === ';' ? name : `${name}=${text}`;
}

function encodeUnreserved(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function encodeReserved(text: string): string {
  return text
    .split(/(%[0-9A-Fa-f]{2}|[:/?#[\]@!$&'()*+,;=]+)/)
    .map((part, index) => (index % 2 === 1 ? part : encodeURIComponent(part)))
    .join('');
}
