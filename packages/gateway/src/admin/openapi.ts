import type { AdminAnswer, AdminOperation, AdminRoute, ApiSchemaName } from './route.ts';
import { API_SCHEMAS } from './schemas.ts';

/** A document in OpenAPI 3.1, as far as it is looked into here. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly [member: string]: unknown;
}

/** An operation of the document. */
export interface OpenApiOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly object[];
  readonly responses: Readonly<Record<string, object>>;
  readonly [member: string]: unknown;
}

/** Describes routes in OpenAPI 3.1. */
export function openApi(routes: readonly AdminRoute[]): OpenApiDocument {
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  for (const route of routes) {
    const path = paths[route.path] ?? {};
    paths[route.path] = path;
    path[route.method.toLowerCase()] = operationOf(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Switchyard gateway: admin API',
      version: '1',
      license: { name: 'MIT', identifier: 'MIT' },
      description:
        'Served on `admin.host`:`admin.port` only. Other paths are answered 404, other methods 405.',
    },
    servers: [{ url: '/' }],
    paths,
    components: { schemas: API_SCHEMAS, responses: RESPONSES, securitySchemes: SECURITY },
  };
}

// ---

const SECURITY = {
  token: { type: 'http', scheme: 'bearer', description: 'One of `admin.tokens`.' },
  certificate: {
    type: 'mutualTLS',
    description: 'A client certificate that fits one of `admin.certificates`, with no `Authorization`.',
  },
};

const BY_TOKEN = { token: [] };
const BY_CERTIFICATE = { certificate: [] };

/** What goes without saying, by status. */
const RESPONSES = {
  NotJson: refusal('The body is not JSON.'),
  NoOperator: {
    ...refusal('It came with neither the token nor the certificate of an operator.'),
    headers: { 'WWW-Authenticate': { required: true, schema: { type: 'string' } } },
  },
  Forbidden: refusal('It came from a page, or for a `Host` that is not among `admin.allowedHosts`.'),
  TooLarge: refusal('The body has more than 64 KiB.'),
  NotOfThatType: refusal('The body is not `application/json`.'),
  Failed: refusal('The gateway failed; its log says how.'),
};

const UNSAID = { 401: 'NoOperator', 403: 'Forbidden', 500: 'Failed' } as const;
const UNSAID_OF_BODIES = { 400: 'NotJson', 413: 'TooLarge', 415: 'NotOfThatType' } as const;

function operationOf({ method, access, told, recorded }: AdminRoute): OpenApiOperation {
  const { id, summary, query } = told;
  const parameters = Object.entries(query ?? {}).map(([name, rest]) => ({ name, in: 'query', ...rest }));
  return {
    operationId: id,
    summary,
    ...(recorded ? { description: 'It is put on record who asked.' } : {}),
    security: securityOf(access),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(told.body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: ref(told.body) } } } }),
    responses: responsesOf(told, { method, access }),
  };
}

function securityOf(access: AdminRoute['access']): readonly object[] {
  if (access === 'anybody') return [];
  // An empty requirement: the configuration may leave it open.
  return [BY_TOKEN, BY_CERTIFICATE, ...(access === 'operator' ? [] : [{}])];
}

function responsesOf(
  { answers }: AdminOperation,
  { method, access }: Pick<AdminRoute, 'method' | 'access'>,
): Readonly<Record<string, object>> {
  const unsaid = {
    ...(access === 'anybody' ? {} : UNSAID),
    ...(method === 'POST' ? UNSAID_OF_BODIES : {}),
  };
  const shared = Object.entries(unsaid).map(([status, name]) => [
    status,
    { $ref: `#/components/responses/${name}` },
  ]);
  const own = Object.entries(answers).map(([status, answer]) => [status, responseOf(answer)]);
  // Keys that are whole numbers come in their order, whatever order they are given in.
  return Object.fromEntries([...shared, ...own]);
}

function responseOf({ description, schema, type = 'application/json' }: AdminAnswer): object {
  const json = type === 'application/json';
  const lines = schema === undefined ? { type: 'string' } : { type: 'string', 'x-line': ref(schema) };
  return { description, content: { [type]: { schema: json && schema !== undefined ? ref(schema) : lines } } };
}

function refusal(description: string): object {
  return responseOf({ description, schema: 'Error' });
}

function ref(name: ApiSchemaName): object {
  return { $ref: `#/components/schemas/${name}` };
}
