/** The published JSON Schema, as text. */
export function schemaText(schema) {
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** The text of docs/reference/gateway-config.md. */
export function configPage(schema) {
  const sections = sectionsOf(schema, { name: 'Top level', node: schema });
  return `${[INTRODUCTION, ...sections].join('\n\n')}\n`;
}

const INTRODUCTION = `# Gateway configuration

<!-- Written by packages/gateway/scripts/config-reference.mjs from the schema. Do not edit. -->

One YAML (or JSON) file. Unknown keys are errors. For completion and checks while typing, begin the file with

\`\`\`yaml
# yaml-language-server: $schema=./node_modules/@switchyard/gateway/generated/config.schema.json
\`\`\`

A duration is a whole number and a unit: \`ms\`, \`s\`, \`m\`, \`h\`. A size is a whole number and a unit: \`B\`, \`KiB\`, \`MiB\`, \`GiB\`. The file is read again when it
changes, or a file that it refers to; \`listen.host\`, \`listen.port\`, whether TLS is spoken, and \`limits.headers\` need a restart. [The guide](../guides/gateway.md) shows it at work.`;

function sectionsOf(root, { name, node, about }) {
  const rows = [];
  const nested = [];
  for (const [key, child] of Object.entries(node.properties ?? {})) {
    const inner = resolve(root, child);
    const path = name === 'Top level' ? key : `${name}.${key}`;
    const entries = typeof inner.additionalProperties === 'object' ? inner.additionalProperties : undefined;
    const listed = inner.items?.properties !== undefined;
    const linked = inner.properties !== undefined || entries?.properties !== undefined || listed;
    rows.push([
      linked
        ? `[\`${key}\`](#${anchor(inner.properties === undefined && listed ? `${path}[]` : path, entries)})`
        : `\`${key}\``,
      kind(inner),
      standard(node, key, inner),
      inner.description,
    ]);
    if (inner.properties !== undefined) nested.push({ name: path, node: inner, about: inner.description });
    if (inner.items?.properties !== undefined)
      nested.push({ name: `${path}[]`, node: inner.items, about: inner.description });
    if (resolve(root, entries ?? {}).properties !== undefined)
      nested.push({ name: `${path}.<name>`, node: resolve(root, entries), about: inner.description });
  }
  const title = name === 'Top level' ? `## ${name}` : `## \`${name}\``;
  const own = [title, ...(about === undefined ? [] : [about]), table(rows)];
  return [own.join('\n\n'), ...nested.flatMap((section) => sectionsOf(root, section))];
}

function resolve(root, node) {
  const name = node.$ref?.replace('#/definitions/', '');
  return name === undefined ? node : root.definitions[name];
}

function anchor(path, entries) {
  const title = entries === undefined ? path : `${path}.<name>`;
  return title.toLowerCase().replace(/[^a-z0-9-]/g, '');
}

function kind(node) {
  if (node.enum !== undefined) return node.enum.map((word) => `\`${word}\``).join(', ');
  if (Array.isArray(node.type)) return node.type.map((type) => kind({ ...node, type })).join(' or ');
  if (node.type === 'array') return node.items?.type === 'object' ? 'list of mappings' : 'list of strings';
  if (node.type === 'integer') return bounds(node);
  if (node.type === 'boolean') return '`true`, `false`';
  if (node.type === 'object') return 'mapping';
  if (node.title === undefined) return 'string';
  if (node.title.includes('"off"')) return 'duration or `off`';
  if (node.title.startsWith('a duration')) return 'duration';
  if (node.title.startsWith('a size')) return 'size';
  return 'string';
}

function bounds({ minimum, maximum }) {
  return `whole number, ${minimum} to ${maximum}`;
}

function standard(parent, key, node) {
  if (parent.required?.includes(key)) return '**required**';
  return node.default === undefined ? '' : `\`${node.default}\``;
}

function table(rows) {
  const line = (cells) => `| ${cells.map((cell) => String(cell ?? '').replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(['key', 'value', 'default', 'what it does']), '|---|---|---|---|', ...rows.map(line)].join(
    '\n',
  );
}
