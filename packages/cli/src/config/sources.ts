/** A server as some other file describes it. */
export interface ImportedServer {
  /** Fit for the configuration. */
  readonly name: string;
  /** Where it is; `undefined` for one that is started as a program, or cannot be reached so. */
  readonly url: string | undefined;
  /** What it is started with, where it is a program; what looks like a secret is blacked out. */
  readonly program?: Program;
  /** Headers that the other client sends with every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** What could not be carried over, and what to do about it; a line each. */
  readonly remarks: readonly string[];
}

/** A server that its client starts. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** The names of the variables that it is given. */
  readonly env: readonly string[];
}

const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

type Members = Readonly<Record<string, unknown>>;

/** The servers of a file: `mcp.json` and Claude Desktop (`mcpServers`), VS Code (`servers`, `mcp.servers`), or a registry's `server.json`. */
export function readServers(value: unknown): readonly ImportedServer[] | undefined {
  if (!isMembers(value)) return undefined;
  const mcp = isMembers(value['mcp']) ? value['mcp'] : {};
  for (const list of [value['mcpServers'], value['servers'], mcp['servers']])
    if (isMembers(list))
      return named(Object.entries(list).map(([name, server]) => readClientServer(name, server)));
  return Array.isArray(value['remotes']) || Array.isArray(value['packages'])
    ? named([readRegistry(value)])
    : undefined;
}

// ---

function readClientServer(name: string, server: unknown): ImportedServer {
  const { url, type, command, args, env, headers, disabled } = isMembers(server) ? server : {};
  const remarks: string[] = [];
  if (name !== usable(name)) remarks.push(`was called ${JSON.stringify(name)}`);
  if (disabled === true) remarks.push('was disabled');
  if (typeof url !== 'string')
    return {
      name: usable(name),
      url: undefined,
      headers: {},
      ...started({ command, args, env }, remarks),
    };
  if (type === 'sse')
    remarks.push('was reached by the SSE transport of 2024: give it an endpoint of revision 2026-07-28');
  if (!isHttp(url))
    return {
      name: usable(name),
      url: undefined,
      headers: {},
      remarks: [
        ...remarks,
        `has a URL that is not http or https, or has parts to fill in: ${JSON.stringify(url)}`,
      ],
    };
  return { name: usable(name), url, headers: texts(headers), remarks };
}

function started(
  { command, args, env }: Members,
  before: readonly string[],
): Pick<ImportedServer, 'remarks' | 'program'> {
  if (typeof command !== 'string') return { remarks: [...before, 'has neither a URL nor a command'] };
  return {
    program: {
      command: hidden(command),
      args: Array.isArray(args) ? args.map((arg) => hidden(String(arg))) : [],
      env: isMembers(env) ? Object.keys(env) : [],
    },
    remarks: [
      ...before,
      'is a program: if it speaks revision 2026-07-28 the gateway can start it, as below; else serve it over HTTP and say where (replicas)',
    ],
  };
}

/** What looks like a secret is not repeated. */
function hidden(part: string): string {
  if (/(key|token|secret|password)=/i.test(part)) return part.replace(/=.*/s, '=…');
  return /^(sk|ghp|gho|xox[abp])[-_]/.test(part) ? '…' : part;
}

function readRegistry(value: Members): ImportedServer {
  const full = typeof value['name'] === 'string' ? value['name'] : 'server';
  const name = usable(full.split('/').at(-1) ?? full);
  const remotes = (Array.isArray(value['remotes']) ? value['remotes'] : []).filter(isMembers);
  const remote = remotes.find(
    ({ type, url }) => type === 'streamable-http' && typeof url === 'string' && isHttp(url),
  );
  const remarks = [`${full}${typeof value['version'] === 'string' ? ` ${value['version']}` : ''}`];
  if (remote !== undefined)
    return { name, url: String(remote['url']), headers: registryHeaders(remote['headers']), remarks };
  const packages = (Array.isArray(value['packages']) ? value['packages'] : []).filter(isMembers);
  const offered = packages.map(
    ({ registryType, identifier }) => `${String(registryType)} ${String(identifier)}`,
  );
  const how =
    offered.length === 0
      ? 'offers nothing that is reached over HTTP'
      : `is a package to be run: ${offered.join(', ')}`;
  return {
    name,
    url: undefined,
    headers: {},
    remarks: [...remarks, how, 'serve it over HTTP and put its URL here'],
  };
}

function registryHeaders(headers: unknown): Readonly<Record<string, string>> {
  const list = (Array.isArray(headers) ? headers : []).filter(isMembers);
  return Object.fromEntries(
    list.flatMap(({ name, value }) =>
      HEADER_NAME.test(String(name)) ? [[String(name), typeof value === 'string' ? value : '']] : [],
    ),
  );
}

/** Gives servers that come to the same name names of their own. */
function named(servers: readonly ImportedServer[]): readonly ImportedServer[] {
  const taken = new Set<string>();
  return servers.map((server) => {
    let name = server.name;
    for (let n = 2; taken.has(name); n++) name = `${server.name.slice(0, 60)}-${n}`;
    taken.add(name);
    return { ...server, name };
  });
}

function usable(name: string): string {
  const plain = name
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 64);
  return plain === '' ? 'server' : plain;
}

function isHttp(url: string): boolean {
  return /^https?:\/\//i.test(url) && !/[{}$]/.test(url) && URL.canParse(url);
}

function texts(value: unknown): Readonly<Record<string, string>> {
  return isMembers(value)
    ? Object.fromEntries(
        Object.entries(value).flatMap(([key, text]) =>
          typeof text === 'string' && HEADER_NAME.test(key) ? [[key, text]] : [],
        ),
      )
    : {};
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
