import type { ImportedServer, Program } from './sources.ts';

/** The gateway configuration of imported servers. What could not be carried over stands in it as comments; no secret does. */
export function toYaml(servers: readonly ImportedServer[]): string {
  const lines = ['listen: { host: 127.0.0.1, port: 8080 }', 'servers:'];
  for (const server of servers) lines.push(...linesOf(server));
  return `${lines.join('\n')}\n`;
}

// ---

function linesOf({ name, url, headers, remarks, program }: ImportedServer): readonly string[] {
  const notes = remarks.map((remark) => `  # ${name} ${oneLine(remark)}`);
  if (url === undefined) {
    const how = program === undefined ? 'replicas: [http://127.0.0.1:3001/mcp]' : oneLine(stdio(program));
    return [...notes, `  # ${name}:`, `  #   ${how}`];
  }
  const { plain, secret } = splitUrl(url);
  const [first, ...others] = Object.keys(headers);
  return [
    ...notes,
    ...(secret ? [`  # ${name}: the query of its URL may hold a key and was left out`] : []),
    ...others.map((header) => `  # ${name}: the header ${oneLine(header)} was left out; one can be sent`),
    `  ${key(name)}:`,
    `    replicas: [${JSON.stringify(plain)}]`,
    ...(first === undefined ? [] : credentials(name, first, headers[first] ?? '')),
  ];
}

/** The program as the gateway starts it; the values of its variables are to be put into the gateway's environment. */
function stdio({ command, args, env }: Program): string {
  const given = env.map((variable) => `${JSON.stringify(variable)}: { env: ${JSON.stringify(variable)} }`);
  const parts = [
    `command: ${JSON.stringify(command)}`,
    ...(args.length === 0 ? [] : [`args: [${args.map((arg) => JSON.stringify(arg)).join(', ')}]`]),
    ...(given.length === 0 ? [] : [`env: { ${given.join(', ')} }`]),
  ];
  return `stdio: { ${parts.join(', ')} }`;
}

/** The header that the client sent, as a reference: its value is to be put into the environment. */
function credentials(name: string, header: string, value: string): readonly string[] {
  const variable = `${name}_${header}`
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]+/g, '_')
    .replace(/^(?=\d)/, '_');
  const bearer = header.toLowerCase() === 'authorization' && /^bearer /i.test(value);
  const scheme = bearer ? ' (without "Bearer ")' : '';
  const form =
    header.toLowerCase() === 'authorization' ? '' : `, header: ${JSON.stringify(header.toLowerCase())}`;
  return [
    `    # The value of ${oneLine(header)} belongs into this variable${scheme}.`,
    `    credentials: { secret: { env: ${variable} }${form} }`,
  ];
}

function splitUrl(url: string): { readonly plain: string; readonly secret: boolean } {
  const parsed = new URL(url);
  const secret = parsed.search !== '' || parsed.username !== '' || parsed.password !== '';
  return { plain: parsed.origin + parsed.pathname, secret };
}

function key(name: string): string {
  return /^[A-Za-z][A-Za-z0-9_-]*$/.test(name) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(name)
    ? name
    : JSON.stringify(name);
}

/** Nothing of another file may end a comment. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');
}
