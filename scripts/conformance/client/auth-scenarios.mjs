// What the client does in the scenarios of authorization: how it may sign in differs, the rest is up to the library.
import {
  authLink,
  authorizationCode,
  clientCredentials,
  createAuthorizer,
  enterpriseManaged,
  workloadIdentity,
} from '@switchyard/auth/client';
import { createClient } from '@switchyard/client/node';
import { importPKCS8 } from 'jose';

const METADATA_URL = 'https://conformance-test.local/client-metadata.json';
const REDIRECT_URI = 'http://localhost:3000/callback';

/** In which a user signs in by browser, and nothing else is to be said. */
const PLAIN = [
  'metadata-default',
  'metadata-var1',
  'metadata-var2',
  'metadata-var3',
  'basic-cimd',
  'scope-from-www-authenticate',
  'scope-from-scopes-supported',
  'scope-omitted-when-undefined',
  'scope-step-up',
  'scope-retry-limit',
  'token-endpoint-auth-basic',
  'token-endpoint-auth-post',
  'token-endpoint-auth-none',
  'resource-mismatch',
  'offline-access-scope',
  'offline-access-not-supported',
  'authorization-server-migration',
  'iss-supported',
  'iss-not-advertised',
  'iss-supported-missing',
  'iss-wrong-issuer',
  'iss-unexpected',
  'iss-normalized',
  'metadata-issuer-mismatch',
];

/** By the suite's own names. */
export const authScenarios = {
  ...Object.fromEntries(PLAIN.map((name) => [`auth/${name}`, (run) => signIn(run, { grant: browser({}) })])),

  'auth/pre-registration': (run) => {
    const { client_id: clientId, client_secret: clientSecret } = run.context;
    return signIn(run, { grant: browser({ preRegistered: [{ clientId, clientSecret }] }) });
  },

  'auth/client-credentials-jwt': async (run) => {
    const { client_id: clientId, private_key_pem: pem, signing_algorithm: algorithm } = run.context;
    const privateKey = await importPKCS8(pem, algorithm);
    return signIn(run, { grant: clientCredentials({ clientId, privateKey }) });
  },

  'auth/client-credentials-basic': (run) => {
    const { client_id: clientId, client_secret: clientSecret } = run.context;
    return signIn(run, { grant: clientCredentials({ clientId, clientSecret }) });
  },

  'auth/enterprise-managed-authorization': (run) => {
    const { context } = run;
    const identityProvider = {
      issuer: context.idp_issuer,
      tokenEndpoint: context.idp_token_endpoint,
      clientId: context.idp_client_id,
      subject: () => ({ type: 'id_token', token: context.idp_id_token }),
    };
    const client = { clientId: context.client_id, clientSecret: context.client_secret };
    return signIn(run, { grant: enterpriseManaged({ identityProvider, client }) });
  },

  'auth/dpop': (run) => signIn(run, { grant: browser({}), dpop: true }),
  'auth/dpop-nonce': (run) => signIn(run, { grant: browser({}), dpop: true }),

  'auth/wif-jwt-bearer': (run) => {
    const { client_id: clientId, valid_jwt: assertion } = run.context;
    return signIn(run, { grant: workloadIdentity({ clientId, assertion: () => assertion }) });
  },
};

async function signIn({ url }, options) {
  const onNotice = (notice) => console.error(JSON.stringify(notice));
  const authorizer = createAuthorizer({ url, onNotice, ...options });
  const client = createClient({
    url,
    info: { name: 'switchyard-conformance', version: '1.0.0' },
    links: [authLink(authorizer, url)],
    onWarning: (message) => console.error(message),
  });
  try {
    await client.listTools();
    await client.callTool('test-tool', {});
  } finally {
    await client.close();
  }
}

/** A user who agrees to everything: the mock redirects at once. */
function browser(identity) {
  let arrive;
  const receiver = {
    open: async () => {
      const response = new Promise((resolve) => {
        arrive = resolve;
      });
      return { redirectUri: REDIRECT_URI, response: () => response, close: async () => {} };
    },
  };
  return authorizationCode({
    metadataUrl: METADATA_URL,
    registration: { client_name: 'switchyard-conformance' },
    ...identity,
    receiver,
    openBrowser: async (page) => {
      const { headers } = await fetch(page, { redirect: 'manual' });
      arrive(new URL(headers.get('location'), page));
    },
  });
}
