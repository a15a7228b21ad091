import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { onTestFinished } from 'vitest';

/** An authorization server of few words: it has keys, and signs whatever it is asked to. */
export interface Issuer {
  readonly issuer: string;
  readonly jwk: JWK;
  /** How often its keys were fetched. */
  readonly fetched: () => number;
  /** Whether it answers. */
  up: boolean;
  sign(claims: object, header?: object): Promise<string>;
}

/** Starts an issuer; it is closed when the test is over. */
export async function startIssuer(): Promise<Issuer> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' };
  let fetched = 0;
  const made = { up: true };
  const server = http.createServer((_, res) => {
    fetched += 1;
    res.writeHead(made.up ? 200 : 503, { 'content-type': 'application/json' });
    res.end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  // A server that listens on TCP has an address.
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(made, {
    issuer,
    jwk,
    fetched: () => fetched,
    sign: (claims: object, header: object = {}) => {
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT({ iss: issuer, sub: 'ann', iat: now, exp: now + 300, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header })
        .sign(privateKey);
    },
  });
}

/** A client with a key that its tokens are bound to. */
export interface Prover {
  readonly thumbprint: string;
  prove(token: string, claims: { htu: string; jti: string }): Promise<string>;
}

/** Makes such a client. Spec: RFC 9449, section 4. */
export async function createProver(): Promise<Prover> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  return {
    thumbprint: await calculateJwkThumbprint(jwk),
    async prove(token, claims) {
      const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token));
      const ath = Buffer.from(digest).toString('base64url');
      return new SignJWT({ htm: 'POST', iat: Math.floor(Date.now() / 1000), ath, ...claims })
        .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
        .sign(privateKey);
    },
  };
}
