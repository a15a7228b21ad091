import {
  type Authorizer,
  authorizationCode,
  type ClientIdentityOptions,
  deviceCode,
  type Grant,
} from '@switchyard/auth/client';
import {
  createAuthorizer,
  fileCredentialStore,
  loopbackReceiver,
  openBrowser,
} from '@switchyard/auth/client/node';
import { visible } from '../call/visible.ts';
import type { Terminal } from '../terminal.ts';
import { credentialsFile } from './credentials.ts';

/** How a user signs in. */
export interface SignIn {
  /** Another device shows the page. */
  readonly device?: true;
  /** Whether a browser is opened. */
  readonly browser?: boolean;
  readonly scope?: readonly string[];
  /** An identity that was agreed on with the authorization server, or the https URL of the client's metadata. */
  readonly clientId?: string;
  /** Where the user comes back to. 0: any port that is free. */
  readonly port?: number;
}

/** What authorizes requests to a server, by the credentials that are kept on this machine. */
export function authorizerFor(url: URL, signIn: SignIn, terminal: Terminal): Authorizer {
  return createAuthorizer({
    url,
    grant: signIn.device === true ? byDevice(signIn, terminal) : byBrowser(signIn, terminal),
    store: fileCredentialStore({ path: credentialsFile(terminal.env) }),
    scopes: signIn.scope ?? [],
  });
}

// ---

function byBrowser(signIn: SignIn, terminal: Terminal): Grant {
  return authorizationCode({
    ...identity(signIn, terminal),
    receiver: loopbackReceiver({ port: signIn.port ?? 0 }),
    async openBrowser(page) {
      terminal.note(`Sign in with your browser: ${visible(page.href)}`);
      // Where there is none, the user has the address.
      if (signIn.browser !== false) await openBrowser(page).catch(() => undefined);
    },
  });
}

function byDevice(signIn: SignIn, terminal: Terminal): Grant {
  return deviceCode({
    ...identity(signIn, terminal),
    show({ verificationUri, verificationUriComplete, userCode }) {
      terminal.note(`Go to ${visible(verificationUri)} and enter ${visible(userCode)}`);
      if (verificationUriComplete !== undefined) terminal.note(`or to ${visible(verificationUriComplete)}`);
    },
  });
}

function identity({ clientId }: SignIn, { env }: Terminal): ClientIdentityOptions {
  const { SWITCHYARD_CLIENT_SECRET: clientSecret } = env;
  const registration = { client_name: 'Switchyard' };
  if (clientId === undefined) return { registration };
  if (clientId.startsWith('https://')) return { metadataUrl: clientId };
  return { preRegistered: [{ clientId, ...(clientSecret === undefined ? {} : { clientSecret }) }] };
}
