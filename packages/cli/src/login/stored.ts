import { existsSync } from 'node:fs';
import { visible } from '../call/visible.ts';
import type { Terminal } from '../terminal.ts';
import { credentialsFile } from './credentials.ts';

/**
 * The headers, with the token that `switchyard login` got for this very URL where they have no authorization of their own. It is
 * renewed where it has expired; where that fails, the headers stay as they are and a note says so.
 */
export async function withStoredToken(
  url: URL,
  headers: Readonly<Record<string, string>>,
  terminal: Terminal,
): Promise<Record<string, string>> {
  if (headers['authorization'] !== undefined || !existsSync(credentialsFile(terminal.env)))
    return { ...headers };
  const { authorizerFor } = await import('./authorizer.ts');
  const clientId = terminal.env['SWITCHYARD_CLIENT_ID'];
  const authorizer = authorizerFor(url, clientId === undefined ? {} : { clientId }, terminal);
  const request = { url: url.href, method: 'POST', headers };
  try {
    const { authorization, dpop } = await authorizer.authorize(request);
    // A bound token needs a new proof for every request.
    if (dpop !== undefined)
      terminal.note('The token that is kept is bound to a key, and cannot be used here.');
    return authorization === undefined || dpop !== undefined ? { ...headers } : { ...headers, authorization };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    terminal.note(
      `${terminal.paint('yellow', 'warning:')} the token that is kept cannot be used: ${visible(why)}`,
    );
    return { ...headers };
  }
}
