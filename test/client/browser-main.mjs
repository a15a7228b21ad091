// What a page of an application would hold: the client as a browser gets it. Bundled, and called by the test.
import { authLink, createAuthorizer, webSignIn } from '@switchyard/auth/client';
import { credentialStoreContract } from '@switchyard/auth/client/contract';
import { createClient, fetchLink } from '@switchyard/client';
import { tasks } from '@switchyard/client/tasks';
import { outcomesOf } from './runtimes-cases.mjs';

/** Keeps credentials as long as the tab is open, over the navigations of a sign-in. */
function tabStore(prefix = '') {
  return {
    read: async (key) => sessionStorage.getItem(prefix + key) ?? undefined,
    write: async (key, value) => sessionStorage.setItem(prefix + key, value),
    remove: async (key) => sessionStorage.removeItem(prefix + key),
    // A page waits for a lock that all tabs of its origin share.
    exclusive: (key, work) => navigator.locks.request(prefix + key, work),
  };
}

async function codeOf(work) {
  try {
    await work;
    return 'done';
  } catch (error) {
    return error.code ?? String(error);
  }
}

Object.assign(globalThis, {
  /** The cases of every runtime; the server is told to change over another way. */
  cases: (url) => outcomesOf({ registerTool: () => fetch('/change', { method: 'POST' }) }, { url }),

  async call(url, name, args = {}, options = {}) {
    const client = createClient({ url });
    await client.listTools();
    const result = await client.callTool(name, args, options);
    await client.close();
    return result.content[0].text;
  },

  /** Gives a call up once its first progress has come. */
  async leave(url) {
    const client = createClient({ url });
    const leaving = new AbortController();
    const call = client.callTool('wait', {}, { signal: leaving.signal, onProgress: () => leaving.abort() });
    return codeOf(call);
  },

  /** A call that becomes a task and asks a question: what the page hears, and what comes of it. */
  async task(url) {
    const states = [];
    const work = tasks({ onUpdate: ({ status }) => states.push(status) });
    const elicit = () => ({ action: 'accept', content: { name: 'Ann' } });
    const client = createClient({ url, extensions: [work], handlers: { elicit } });
    const { content } = await client.callTool('slow');
    await client.close();
    return { text: content[0].text, states: [...new Set(states)] };
  },

  codeOf: (url) => codeOf(createClient({ url, timeouts: { retries: 0 } }).listTools()),

  async retryAfter(url) {
    const client = createClient({ url, timeouts: { retries: 0 } });
    return client.listTools().catch(({ code, status, retryAfterMs }) => ({ code, status, retryAfterMs }));
  },

  async storeContract() {
    const cases = credentialStoreContract(() => tabStore('contract '));
    const failed = [];
    for (const { name, run } of cases) await run().catch((error) => failed.push(`${name}: ${error}`));
    return { count: cases.length, failed };
  },

  /** One visit of a page that signs its user in: says what came of it, and where the user must go. */
  async visit(url, dpop) {
    const authorizer = createAuthorizer({
      url,
      dpop,
      store: tabStore(),
      grant: webSignIn({
        preRegistered: [{ clientId: 'page' }],
        redirectUri: `${location.origin}/callback`,
      }),
    });
    if (location.pathname === '/callback') {
      await authorizer.finish(location.href);
      history.replaceState({}, '', '/');
    }
    const client = createClient({ link: fetchLink({ url }), links: [authLink(authorizer, url)] });
    try {
      return { said: (await client.callTool('who')).content[0].text };
    } catch (error) {
      if (error.code !== 'sign-in-required') throw error;
      return { goTo: error.url.href };
    }
  },
});
