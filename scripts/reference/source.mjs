import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'vitest/node';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Reads a TypeScript file by its path from the repository's root. */
export function readSource(file) {
  const text = readFileSync(path.join(root, file), 'utf8');
  return { file, text, body: parseAst(text, { lang: 'ts' }).body };
}

/** The comment of a function that the file declares: its prose, and its tags by name. Throws where either is missing. */
export function functionDoc(source, name) {
  const declaration = source.body
    .map((statement) => ({ statement, declared: statement.declaration ?? statement }))
    .find(({ declared }) => declared.type === 'FunctionDeclaration' && declared.id.name === name);
  if (declaration === undefined) throw new Error(`${source.file} declares no function ${name}`);
  return docBefore(source, declaration.statement, name);
}

/** The names in an array that the file declares as a constant, in order. */
export function namesInArray(source, name) {
  const variables = source.body.flatMap(
    (statement) => (statement.declaration ?? statement).declarations ?? [],
  );
  const list = variables.find((variable) => variable.id.name === name)?.init;
  if (list?.type !== 'ArrayExpression') throw new Error(`${source.file} declares no array ${name}`);
  return list.elements.map((element) => element.name);
}

/** The members of an interface that the file declares: name and comment each. */
export function interfaceMembers(source, name) {
  const declared = source.body
    .map((statement) => statement.declaration ?? statement)
    .find((statement) => statement.type === 'TSInterfaceDeclaration' && statement.id.name === name);
  if (declared === undefined) throw new Error(`${source.file} declares no interface ${name}`);
  return declared.body.body.map((member) => ({
    name: member.key.name,
    ...docBefore(source, member, `${name}.${member.key.name}`),
  }));
}

/** Where each name first stands in the text after the one before it; throws where they do not come in that order. */
export function assertOrder(source, names) {
  let position = 0;
  for (const name of names) {
    position = source.text.indexOf(name, position);
    if (position < 0) throw new Error(`${source.file} does not come to ${name} in the order of this page`);
    position += name.length;
  }
}

// ---

function docBefore({ file, text }, node, name) {
  const before = text.slice(0, node.start).trimEnd();
  const start = before.lastIndexOf('/**');
  if (!before.endsWith('*/') || start < 0) throw new Error(`${file}: ${name} has no comment`);
  const lines = before.slice(start + 3, -2).split('\n');
  const [prose, ...tags] = lines
    .map((line) => line.replace(/^\s*\*? ?/, '').trim())
    .join(' ')
    .trim()
    .split(/(?:^|\s)@(?=[a-z])/);
  return { prose: prose.trim(), tags: tags.map(toTag) };
}

function toTag(text) {
  const [, name, value] = /^([a-z]+)\s*(.*)$/.exec(text.trim());
  return { name, value };
}
