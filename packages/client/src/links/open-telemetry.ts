import type { Attributes } from '@opentelemetry/api';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { methodInfo, PROTOCOL_VERSION } from '@switchyard/wire';
import { ClientError, ProtocolError } from '../errors.ts';
import type { Link, LinkRequest } from '../link.ts';

const SCOPE = '@switchyard/client';

/** The link that `telemetryLink` loads. */
export function openTelemetryLink(url: URL | undefined): Link {
  const place = placeOf(url);
  return async (request, next) => {
    const attributes = { ...place, ...attributesOf(request) };
    const span = trace.getTracer(SCOPE).startSpan(nameOf(request), { kind: SpanKind.CLIENT, attributes });
    const active = trace.setSpan(context.active(), span);
    const carrier: Record<string, string> = {};
    propagation.inject(active, carrier);
    try {
      const result = await context.with(active, () =>
        next({ ...request, meta: { ...carrier, ...request.meta } }),
      );
      if (result['isError'] === true) span.setAttribute('error.type', 'tool_error');
      return result;
    } catch (error) {
      // Never an error's message: it may hold what this side's telemetry must not.
      span.setAttributes(failureOf(error));
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  };
}

function nameOf({ method, params }: LinkRequest): string {
  const { name } = params;
  return typeof name === 'string' ? `${method} ${name}` : method;
}

function attributesOf({ method, params }: LinkRequest): Attributes {
  const attributes: Attributes = { 'mcp.method.name': method, 'mcp.protocol.version': PROTOCOL_VERSION };
  const source = methodInfo(method)?.nameSource;
  const name = source === undefined ? undefined : params[source];
  if (typeof name !== 'string') return attributes;
  if (method === 'tools/call') {
    attributes['gen_ai.operation.name'] = 'execute_tool';
    attributes['gen_ai.tool.name'] = name;
  } else if (method === 'prompts/get') attributes['gen_ai.prompt.name'] = name;
  else if (method === 'resources/read') attributes['mcp.resource.uri'] = name;
  return attributes;
}

function placeOf(url: URL | undefined): Attributes {
  if (url === undefined) return {};
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return {
    'server.address': url.hostname,
    'server.port': port,
    'network.transport': 'tcp',
    'network.protocol.name': 'http',
  };
}

function failureOf(error: unknown): Attributes {
  if (error instanceof ProtocolError) {
    return { 'error.type': String(error.code), 'rpc.response.status_code': String(error.code) };
  }
  return { 'error.type': error instanceof ClientError ? error.code : '_OTHER' };
}
