import { parseAst } from 'vitest/node';

const TITLED = new Set(['it', 'test', 'describe']);
const TAKES_NO_TITLE = new Set(['each', 'for', 'skipIf', 'runIf', 'extend']);
const DOES_NOT_PROVE = new Set(['skip', 'todo', 'fails']);

/**
 * The ids in square brackets in the titles of `it`, `test` and `describe` calls of one TypeScript source.
 * Titles may be strings, templates and sums of them; modifiers such as `each` are seen through.
 * What is skipped, to do or expected to fail proves nothing and is passed over with all it contains.
 */
export function readCitations(source, prefixes) {
  const program = parseAst(source, { lang: 'ts' });
  const names = testNames(program);
  const found = [];
  const visit = (node) => {
    const call = node.type === 'CallExpression' ? testCall(node, names) : undefined;
    if (call?.proves === false) return;
    if (call?.title !== undefined) {
      const title = titleText(call.title);
      for (const id of idsIn(title, prefixes)) found.push({ id, title });
    }
    for (const child of children(node)) visit(child);
  };
  visit(program);
  return found;
}

// ---

function testNames(program) {
  const names = new Set(TITLED);
  for (const statement of program.body) {
    if (statement.type !== 'ImportDeclaration' || statement.source.value !== 'vitest') continue;
    for (const specifier of statement.specifiers) {
      if (TITLED.has(specifier.imported?.name)) names.add(specifier.local.name);
    }
  }
  return names;
}

function testCall(node, names) {
  const modifiers = [];
  let callee = node.callee;
  while (callee.type !== 'Identifier') {
    if (callee.type === 'MemberExpression') {
      modifiers.push(callee.property.name);
      callee = callee.object;
    } else if (callee.type === 'CallExpression') callee = callee.callee;
    else if (callee.type === 'TaggedTemplateExpression') callee = callee.tag;
    else if (callee.type === 'TSInstantiationExpression') callee = callee.expression;
    else return undefined;
  }
  if (!names.has(callee.name)) return undefined;
  const outermost = node.callee.type === 'MemberExpression' ? node.callee.property.name : undefined;
  const title = TAKES_NO_TITLE.has(outermost) ? undefined : node.arguments[0];
  const proves = !modifiers.some((name) => DOES_NOT_PROVE.has(name)) && !node.arguments.some(switchesOff);
  return { title, proves };
}

function switchesOff(argument) {
  return (
    argument.type === 'ObjectExpression' &&
    argument.properties.some(
      (property) => DOES_NOT_PROVE.has(property.key?.name) && property.value.value === true,
    )
  );
}

function titleText(node) {
  if (node.type === 'Literal') return String(node.value);
  if (node.type === 'TemplateElement') return node.value.cooked ?? node.value.raw;
  if (node.type === 'TemplateLiteral') {
    const parts = [...node.quasis, ...node.expressions].sort((a, b) => a.start - b.start);
    return parts.map(titleText).join('');
  }
  if (node.type === 'BinaryExpression') return titleText(node.left) + titleText(node.right);
  return '';
}

function idsIn(title, prefixes) {
  const bracketed = [...title.matchAll(/\[([A-Z]{2,})-(\d+)\]/g)];
  return bracketed
    .filter(([, prefix, digits]) => prefixes.has(prefix) || digits.length === 3)
    .map(([, prefix, digits]) => `${prefix}-${digits}`);
}

function children(node) {
  return Object.values(node)
    .flat()
    .filter((value) => typeof value === 'object' && value !== null && typeof value.type === 'string');
}
