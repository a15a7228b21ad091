import { table, toPage } from './page.mjs';
import { interfaceMembers, readSource } from './source.mjs';

const TABLES = [
  {
    title: '`createServer(info, { limits })`',
    file: 'packages/server/src/limits.ts',
    interface: 'Limits',
    about: 'What one caller can make a server hold or do.',
  },
  {
    title: '`createServer(info, { subscriptions })`',
    file: 'packages/server/src/subscriptions/hub.ts',
    interface: 'SubscriptionOptions',
    about: 'How long-lived streams are kept.',
  },
  {
    title: '`parseMessage(input, limits)`',
    file: 'packages/wire/src/jsonrpc.ts',
    interface: 'ParseLimits',
    about: 'What a message may be. A server sets the first two by `limits.bodyBytes` and `limits.depth`.',
  },
  {
    title: '`compileSchema(schema, { bounds })`',
    file: 'packages/schema/src/bounds.ts',
    interface: 'SchemaBounds',
    about: 'What a schema, and validating with it, may cost.',
  },
];

/** The text of docs/reference/limits.md: every limit of the libraries with its default. */
export function limitsPage() {
  return toPage('Limits', [
    'Everything that a peer can make large or many has a limit, and every limit has a default that is safe. Those of the gateway stand with its [configuration](gateway-config.md).',
    ...TABLES.flatMap((entry) => [
      `## ${entry.title}`,
      entry.about,
      table(['limit', 'default', 'what it bounds'], rows(entry)),
    ]),
  ]);
}

/** The limits that the page lists: name and default each, as the comments have them. */
export function documentedLimits() {
  return Object.fromEntries(
    TABLES.map((entry) => [
      entry.interface,
      Object.fromEntries(rows(entry).map(([name, value]) => [name.slice(1, -1), value])),
    ]),
  );
}

// ---

function rows({ file, interface: name }) {
  return interfaceMembers(readSource(file), name).map(({ name: limit, prose, tags }) => {
    const standard = tags.find((tag) => tag.name === 'default');
    if (standard === undefined) throw new Error(`${file}: ${name}.${limit} does not say its default`);
    return [`\`${limit}\``, standard.value, prose];
  });
}
