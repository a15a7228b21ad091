import type { Expression, Variable } from './uri-template-parse.ts';

/** Values for a template: a text each, or a list where the variable is exploded (`{list*}`) or joined with commas. */
export type UriVariables = Record<string, string | string[]>;

/** A step of matching: a literal, or a variable that takes characters outside `stops`. */
type Step = { literal: string } | { name: string; stops: string; split: string | undefined };

/** A template made ready for matching. */
export interface Plan {
  readonly steps: readonly Step[];
  /** Variables of the query, by name; whether they are lists. */
  readonly query: ReadonlyMap<string, boolean>;
  /** What the query begins with. */
  readonly queryStart: '?' | '&';
}

/** Makes a parsed template ready for matching. */
export function planOf(pieces: readonly (string | Expression)[]): Plan {
  const steps: Step[] = [];
  const query = new Map<string, boolean>();
  const queryStart = pieces.map(operatorOf).find((operator) => operator === '?' || operator === '&');
  let inQuery = false;
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      steps.push({ literal: piece });
      inQuery ||= piece.includes('?');
    } else if (piece.operator === '?' || piece.operator === '&') {
      for (const { name, explode } of piece.variables) query.set(name, explode);
    } else {
      const reservedStops = queryStart === undefined ? '' : `${queryStart}#`;
      steps.push(...stepsOf(piece, { simpleStops: inQuery ? '/?#&' : '/?#', reservedStops }));
    }
  }
  return { steps, query, queryStart: queryStart ?? '?' };
}

function operatorOf(piece: string | Expression): Expression['operator'] {
  return typeof piece === 'string' ? '' : piece.operator;
}

/** At which characters a variable ends: most of them, and those under `+`. */
interface Stops {
  readonly simpleStops: string;
  readonly reservedStops: string;
}

function stepsOf(expression: Expression, stops: Stops): Step[] {
  return expression.variables.flatMap((variable, index) => {
    const literal = separatorOf(expression, variable, index);
    const step = variableStep(expression, variable, stops);
    return literal === '' ? [step] : [{ literal }, step];
  });
}

function separatorOf({ operator }: Expression, { name }: Variable, index: number): string {
  if (operator === ';') return `;${name}=`;
  if (operator === '.' || operator === '/') return operator;
  if (index > 0) return ',';
  return operator === '#' ? '#' : '';
}

function variableStep({ operator, variables }: Expression, { name, explode }: Variable, stops: Stops): Step {
  const separator = operator === '/' || operator === '.' ? operator : ',';
  const split = explode ? separator : undefined;
  if (operator === '#') return { name, stops: '', split };
  if (operator === '+') return { name, stops: stops.reservedStops, split };
  let ends = stops.simpleStops;
  if (operator === ';' || operator === '.') ends += operator;
  if (variables.length > 1) ends += ',';
  return { name, stops: explode ? ends.replace(separator, '') : ends, split };
}

/** The decoded values with which the template gives this URI, or undefined. */
export function matchPlan(plan: Plan, uri: string): UriVariables | undefined {
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
