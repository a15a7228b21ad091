/** An expression of a URI template. RFC 6570, section 2.2. */
export interface Expression {
  readonly operator: '' | '+' | '#' | '.' | '/' | ';' | '?' | '&';
  readonly variables: readonly Variable[];
}

/** A variable of an expression. */
export interface Variable {
  readonly name: string;
  /** `*`: the variable is a list, each item by itself. */
  readonly explode: boolean;
}

/** Cuts a template into literals and expressions. Throws TypeError for one that is malformed or that cannot be matched. */
export function parseTemplate(template: string): readonly (string | Expression)[] {
  if (template.length > MAX_TEMPLATE_LENGTH)
    throw new TypeError(`A URI template is longer than ${MAX_TEMPLATE_LENGTH}`);
  const pieces: (string | Expression)[] = [];
  const names = new Set<string>();
  let at = 0;
  while (at < template.length) {
    const open = template.indexOf('{', at);
    const literal = template.slice(at, open === -1 ? undefined : open);
    if (literal.includes('}')) throw fault(template, 'has a } without its {');
    if (literal !== '') pieces.push(literal);
    if (open === -1) break;
    const close = template.indexOf('}', open);
    if (close === -1) throw fault(template, 'has a { without its }');
    pieces.push(parseExpression(template, template.slice(open + 1, close), names));
    at = close + 1;
  }
  checkQueryIsLast(template, pieces);
  return pieces;
}

const MAX_TEMPLATE_LENGTH = 2048;
const OPERATORS: readonly Expression['operator'][] = ['+', '#', '.', '/', ';', '?', '&'];
const VARIABLE = /^([A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)(\*?)$/;

function parseExpression(template: string, body: string, names: Set<string>): Expression {
  const operator = OPERATORS.find((sign) => body.startsWith(sign)) ?? '';
  const variables = body
    .slice(operator.length)
    .split(',')
    .map((text) => parseVariable(template, text, names));
  if (operator === ';' && variables.some(({ explode }) => explode)) {
    throw fault(template, 'explodes a path-style parameter, which is not supported');
  }
  return { operator, variables };
}

function parseVariable(template: string, text: string, names: Set<string>): Variable {
  const [, name, star] = VARIABLE.exec(text) ?? [];
  if (name === undefined || name === '__proto__')
    throw fault(template, `has a bad variable: ${JSON.stringify(text)}`);
  if (names.has(name)) throw fault(template, `names the variable ${name} twice`);
  names.add(name);
  return { name, explode: star === '*' };
}

function checkQueryIsLast(template: string, pieces: readonly (string | Expression)[]): void {
  const first = pieces.findIndex(isQuery);
  if (first === -1) return;
  const rest = pieces.slice(first + 1);
  if (!rest.every((piece) => isQuery(piece) && piece.operator === '&')) {
    throw fault(template, 'has something after a query expression');
  }
}

function isQuery(piece: string | Expression): piece is Expression {
  return typeof piece !== 'string' && (piece.operator === '?' || piece.operator === '&');
}

function fault(template: string, what: string): TypeError {
  const shown = template.length > 128 ? `${template.slice(0, 128)}…` : template;
  return new TypeError(`The URI template ${JSON.stringify(shown)} ${what}`);
}
