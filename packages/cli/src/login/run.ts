import { AuthError, type Authorizer } from '@switchyard/auth/client';
import { visible } from '../call/visible.ts';
import { NoAnswer } from '../doctor/no-answer.ts';
import { Probe } from '../doctor/probe.ts';
import { describe } from '../doctor/reply.ts';
import { EXIT, Failure } from '../failure.ts';
import { toUrl } from '../target.ts';
import type { Terminal } from '../terminal.ts';
import { authorizerFor, type SignIn } from './authorizer.ts';
import { credentialsFile } from './credentials.ts';

/** The options of `switchyard login`. */
export interface LoginSettings extends SignIn {
  readonly forget?: true;
}

/** Signs in to a server and keeps the token; resolves with the exit code. Throws `Failure` where it does not come to that. */
export async function runLogin(target: string, settings: LoginSettings, terminal: Terminal): Promise<number> {
  const url = toUrl(target);
  try {
    const authorizer = authorizerFor(url, settings, terminal);
    if (settings.forget === true) {
      await authorizer.forget();
      terminal.note(`No token for ${url.href} is kept any more.`);
      return EXIT.ok;
    }
    return await signIn(url, authorizer, terminal);
  } catch (error) {
    if (error instanceof AuthError && error.code === 'discovery')
      throw new Failure(
        `${visible(error.message)} Where the server wants credentials of another kind, such as an API key, give them with --token.`,
      );
    // A client identity that cannot be is a TypeError.
    if (error instanceof AuthError || error instanceof NoAnswer || error instanceof TypeError)
      throw new Failure(visible(error.message));
    throw error;
  }
}

// ---

const TIMEOUT_MS = 30_000;
/** How often a server may refuse: for a token, a scope, a nonce. */
const MAX_REFUSALS = 5;

async function signIn(url: URL, authorizer: Authorizer, terminal: Terminal): Promise<number> {
  const probe = new Probe({ url, headers: {}, timeoutMs: TIMEOUT_MS, signal: new AbortController().signal });
  const base = { url: url.href, method: 'POST', headers: { 'mcp-method': 'server/discover' } };
  try {
    for (let refusals = 0; refusals <= MAX_REFUSALS; refusals += 1) {
      const added = await authorizer.authorize(base);
      const reply = await probe.call('server/discover', {}, { headers: added });
      const sent = { ...base, headers: { ...base.headers, ...added } };
      const response = { status: reply.status, headers: new Headers({ ...reply.headers }) };
      authorizer.answered(response, sent);
      if (reply.status !== 401 && reply.status !== 403) {
        if (reply.status >= 400) {
          const path = reply.status === 404 ? ' Is the path right?' : '';
          throw new Failure(`The server answers ${visible(describe(reply))}.${path}`);
        }
        const signedIn = added['authorization'] !== undefined;
        terminal.note(
          signedIn
            ? `Signed in to ${url.host}; the token is kept in ${credentialsFile(terminal.env)}.`
            : `${url.host} lets callers in without a token.`,
        );
        return EXIT.ok;
      }
      if ((await authorizer.challenged(response, sent)) === 'give-up') break;
    }
    throw new Failure(`${url.host} still refuses, and does not say what it wants.`);
  } finally {
    await probe.close();
  }
}
