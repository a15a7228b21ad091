/** The published OpenAPI document, as text. */
export function documentText(api) {
  return `${JSON.stringify(api, null, 2)}\n`;
}

/** The text of docs/reference/admin-api.md. */
export function adminPage(api) {
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
  const queries = operations.filter(({ operation }) => operation.parameters !== undefined);
  return `${[INTRODUCTION, requests(operations), ANSWERS, shared(api), ...queries.map(query)].join('\n\n')}\n`;
}

const INTRODUCTION = `# The admin API

<!-- Written by packages/gateway/scripts/config-reference.mjs from the routes. Do not edit. -->

Served on \`admin.host\`:\`admin.port\` only. JSON, except where another type is said. Whatever is refused has \`{ "error": … }\`. The same in OpenAPI 3.1, with the schemas of all answers, is \`GET /openapi.json\` there, and
\`@switchyard/gateway/admin.openapi.json\` in the package.

Every request but those of *anybody* needs \`Authorization: Bearer\` with one of \`admin.tokens\`, or, without that header, a client certificate that fits one of \`admin.certificates\`; and a \`Host\` of \`admin.allowedHosts\`. Requests
of pages, known by \`Origin\` or \`Sec-Fetch-Site\`, are refused. A body must be \`application/json\`, of at most 64 KiB. What a caller of tools shows is worth nothing here, and what an operator shows nothing there. With \`admin.tls\`
nothing but TLS 1.2 and 1.3 is spoken; [the guide](../guides/gateway-observability.md#from-other-machines) shows it.`;

const ANSWERS = `What is marked † is put on record, under the name of the token, or as \`certificate:\` and the name that fitted the rule.

## What any request may be answered`;

function requests(operations) {
  const rows = operations.map(({ method, path, operation }) => [
    `\`${method.toUpperCase()} ${path}\`${operation.description === undefined ? '' : ' †'}`,
    who(operation.security),
    `${operation.summary}.${body(operation)}`,
    Object.entries(operation.responses)
      .filter(([, { $ref }]) => $ref === undefined)
      .map(([status, { description, content }]) => `${status}${answered(content)}: ${description}`)
      .join('<br>'),
  ]);
  return table(['request', 'who', 'what it does', 'answers'], rows);
}

function who(security) {
  if (security.length === 0) return 'anybody';
  return security.some((one) => Object.keys(one).length === 0)
    ? 'an operator, or anybody with `admin.metrics: open`'
    : 'an operator';
}

function body({ requestBody }) {
  return requestBody === undefined ? '' : ` The body is a \`${named(requestBody.content)}\`.`;
}

/** The name of the schema, or the media type where that is not JSON. */
function answered(content) {
  const [type] = Object.keys(content);
  if (type !== 'application/json') return ` \`${type.split(';')[0]}\``;
  const name = named(content);
  return name === 'Error' ? '' : ` \`${name}\``;
}

function named(content) {
  return content['application/json'].schema.$ref.split('/').at(-1);
}

function shared({ components }) {
  const where = {
    400: 'NotJson',
    401: 'NoOperator',
    403: 'Forbidden',
    413: 'TooLarge',
    415: 'NotOfThatType',
  };
  const rows = Object.entries({ ...where, 500: 'Failed' }).map(([status, name]) => [
    status,
    components.responses[name].description,
  ]);
  return table(['status', 'why'], [...rows, ['404, 405', 'There is no such path, or not with that method.']]);
}

function query({ method, path, operation }) {
  const rows = operation.parameters.map(({ name, description }) => [`\`${name}\``, description]);
  return `## The query of \`${method.toUpperCase()} ${path}\`\n\n${table(['parameter', 'what it does'], rows)}`;
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}
