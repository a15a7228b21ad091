import type { AuthorizationServer, ClientAuth, CryptoKey, PrivateKey } from 'oauth4webapi';
import { ClientSecretPost, modifyAssertion, None, PrivateKeyJwt } from 'oauth4webapi';
import { clientSecretBasic } from '../client-secret-basic.ts';
import { AuthError } from '../errors.ts';

/** How a client proves who it is. Without a member it is a public client. */
export interface ClientProof {
  readonly clientSecret?: string;
  /** Signs assertions; preferred to a secret. */
  readonly privateKey?: CryptoKey | PrivateKey;
  /** Whom assertions are made for: the issuer of the authorization server, or its token endpoint. @default 'issuer' */
  readonly assertionAudience?: 'issuer' | 'token-endpoint';
  /** The method that was agreed on at registration. @default one that the authorization server supports */
  readonly authMethod?: string;
}

/** The way of client authentication by a proof at an authorization server. Throws `unsupported` where they have none in common. */
export function clientAuth(as: AuthorizationServer, proof: ClientProof): ClientAuth {
  const { clientSecret, privateKey, authMethod } = proof;
  if (privateKey !== undefined) return privateKeyJwt(as, privateKey, proof.assertionAudience);
  if (clientSecret === undefined || authMethod === 'none') return None();
  const offered = as.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  const method =
    authMethod ?? ['client_secret_basic', 'client_secret_post'].find((each) => offered.includes(each));
  if (method === 'client_secret_basic') return clientSecretBasic(clientSecret);
  if (method === 'client_secret_post') return ClientSecretPost(clientSecret);
  // A secret that nobody wants to see: what is left is a public client.
  if (method === undefined && offered.includes('none')) return None();
  throw new AuthError('unsupported', `The authorization server ${as.issuer} does not take a client secret.`);
}

// ---

function privateKeyJwt(
  as: AuthorizationServer,
  key: CryptoKey | PrivateKey,
  audience: ClientProof['assertionAudience'],
): ClientAuth {
  if (audience !== 'token-endpoint') return PrivateKeyJwt(key);
  return PrivateKeyJwt(key, {
    [modifyAssertion](_header, payload) {
      payload['aud'] = as.token_endpoint ?? as.issuer;
    },
  });
}
