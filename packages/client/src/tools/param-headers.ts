import { ERRORS, paramHeaders } from '@switchyard/wire';
import { ClientError, ProtocolError } from '../errors.ts';
import type { HeaderBag, Link, LinkRequest } from '../link.ts';
import type { ToolBook } from './tool-book.ts';

/**
 * Repeats the arguments of a tool in the headers that its definition asks for. Where the server finds that they disagree,
 * the definition is read anew, once, and the call, which was refused unread, is sent once more. Throws `ClientError`
 * `invalid-tool` for a tool that must not be called. Spec: basic/transports/streamable-http#client-behavior.
 */
export function paramHeadersLink(
  book: ToolBook,
  refresh: (name: string, request: LinkRequest) => Promise<void>,
): Link {
  return async (request, next) => {
    if (request.method !== 'tools/call') return next(request);
    const name = String(request.params['name']);
    const headers = headersOf(name, request, book);
    try {
      return await next(withHeaders(request, headers));
    } catch (error) {
      if (!(error instanceof ProtocolError) || error.code !== ERRORS.HeaderMismatch.code) throw error;
      await refresh(name, request);
      const renewed = headersOf(name, request, book);
      if (JSON.stringify(renewed) === JSON.stringify(headers)) throw error;
      return next(withHeaders(request, renewed));
    }
  };
}

function headersOf(name: string, request: LinkRequest, book: ToolBook): HeaderBag | undefined {
  const fault = book.faultOf(name);
  if (fault !== undefined) {
    throw new ClientError('invalid-tool', `The tool ${JSON.stringify(name)} cannot be called: ${fault}.`);
  }
  const known = book.get(name);
  if (known === undefined || known.bindings.length === 0) return undefined;
  const args = request.params['arguments'];
  // Arguments are an object; what else a caller has forced in has no bound values.
  return paramHeaders(known.bindings, args as Readonly<Record<string, unknown>> | undefined);
}

function withHeaders(request: LinkRequest, more: HeaderBag | undefined): LinkRequest {
  if (more === undefined) return request;
  const headers: Record<string, string> = { ...request.headers };
  for (const [name, value] of Object.entries(more)) headers[name.toLowerCase()] = value;
  return { ...request, headers };
}
