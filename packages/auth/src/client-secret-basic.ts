import type { ClientAuth } from 'oauth4webapi';

/**
 * HTTP Basic with a secret. As form encoding says, and no more: many authorization servers do not decode, and so know a client
 * only whose id needs no encoding; the library's own encodes hyphens, too. Spec: RFC 6749 §2.3.1.
 */
export function clientSecretBasic(secret: string): ClientAuth {
  return (...[, client, , headers]) => {
    headers.set('authorization', `Basic ${btoa(`${formEncode(client.client_id)}:${formEncode(secret)}`)}`);
  };
}

// ---

function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
