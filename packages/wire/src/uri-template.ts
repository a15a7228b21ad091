import { matchPlan, planOf, type UriVariables } from './uri-template-match.ts';
import { type Expression, parseTemplate } from './uri-template-parse.ts';

/** A compiled RFC 6570 template. */
export interface UriTemplate {
  /** The template as it was given. */
  readonly template: string;
  /** The names of the variables, in order. */
  readonly variables: readonly string[];
  /**
   * The decoded values with which the template gives this URI, or undefined. A variable takes at least one character and as
   * many as it can, `/`, `?` and `#` only under `+` and `#`, and under `+` only what is before a query expression; the
   * variables of a query may be missing and in any order. Linear in the length of the URI, which may be 8192 at most.
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
