import { AuthError } from '../errors.ts';
import { type ClientProof, clientAuth } from './client-auth.ts';
import { type RegistrationMetadata, type RegistrationNeeds, register } from './dynamic-registration.ts';
import type { GrantContext } from './grant.ts';
import type { ClientIdentity } from './oauth.ts';
import { assertIssuer } from './pre-registered.ts';
import type { ClientRecord } from './records.ts';
import { inTurn, registeredClients, removeClient } from './registered-clients.ts';

/** A client identity that was agreed on beforehand. */
export interface PreRegisteredClient extends ClientProof {
  readonly clientId: string;
  /**
   * The authorization server that knows it. Name it wherever there is a secret: the first that a server names may be an
   * impostor's. @default the first that a server names; any other is refused from then on
   */
  readonly issuer?: string;
}

/** Who a client is to authorization servers: tried from the first to the last. Spec: basic/authorization/client-registration. */
export interface ClientIdentityOptions {
  /** Identities agreed on beforehand, each used only at its issuer. */
  readonly preRegistered?: readonly PreRegisteredClient[];
  /** The https URL where the client's metadata are, which is its identity wherever that is supported. */
  readonly metadataUrl?: string;
  /** How the client authenticates under its metadata URL. @default not at all */
  readonly metadataProof?: ClientProof;
  /** What the client registers with where nothing else is left. Deprecated by the specification. */
  readonly registration?: RegistrationMetadata;
}

/** Throws `TypeError` for an identity that authorization servers would have to refuse. */
export function assertIdentity({ metadataUrl }: ClientIdentityOptions): void {
  if (metadataUrl === undefined) return;
  const url = URL.canParse(metadataUrl) ? new URL(metadataUrl) : undefined;
  if (url?.protocol !== 'https:' || url.pathname === '/' || url.hash !== '')
    throw new TypeError('The metadata URL of a client must be an https URL with a path and no fragment.');
}

/**
 * The client's identity at an authorization server: agreed on beforehand, else its metadata URL, else registered before, else
 * registered now. Rejects with `registration` where none is to be had, `issuer-mismatch` where an identity belongs to another
 * authorization server.
 */
export async function identityFor(
  context: GrantContext,
  options: ClientIdentityOptions,
  needs: RegistrationNeeds,
): Promise<ClientIdentity> {
  const known = await preRegistered(context, options);
  if (known !== undefined) return known;
  const { metadataUrl, metadataProof = {} } = options;
  if (metadataUrl !== undefined && context.as.client_id_metadata_document_supported === true)
    return { client: { client_id: metadataUrl }, auth: clientAuth(context.as, metadataProof) };
  return fromRecord(context, await registered(context, options, needs));
}

/** The identity that an id stands for, without registering anew. */
export async function knownIdentity(
  context: GrantContext,
  options: ClientIdentityOptions,
  clientId: string,
): Promise<ClientIdentity | undefined> {
  const known = await preRegistered(context, options);
  if (known?.client.client_id === clientId) return known;
  if (clientId === options.metadataUrl)
    return { client: { client_id: clientId }, auth: clientAuth(context.as, options.metadataProof ?? {}) };
  const record = (await registeredClients(context)).find((each) => each.clientId === clientId);
  return record === undefined ? undefined : fromRecord(context, record);
}

/** Forgets a registered identity that its authorization server does not know any more. */
export async function forgetRegistration(
  context: GrantContext,
  error: unknown,
  clientId: string,
): Promise<void> {
  if (error instanceof AuthError && error.oauthError === 'invalid_client')
    await removeClient(context, clientId);
}

// ---

async function preRegistered(
  context: GrantContext,
  { preRegistered = [] }: ClientIdentityOptions,
): Promise<ClientIdentity | undefined> {
  const { issuer } = context.as;
  const known =
    preRegistered.find((each) => each.issuer === issuer) ??
    preRegistered.find((each) => each.issuer === undefined);
  if (known === undefined) return undefined;
  await assertIssuer(context, known);
  return { client: { client_id: known.clientId }, auth: clientAuth(context.as, known) };
}

/** Registered before, else now: of many who find none, one registers and the others take what it got. */
async function registered(
  context: GrantContext,
  { registration }: ClientIdentityOptions,
  needs: RegistrationNeeds,
): Promise<ClientRecord> {
  const kept = await usable(context, needs);
  if (kept !== undefined) return kept;
  return inTurn(
    context,
    async () => (await usable(context, needs)) ?? (await register(context, registration, needs)),
  );
}

async function usable(
  context: GrantContext,
  { redirectUri }: RegistrationNeeds,
): Promise<ClientRecord | undefined> {
  const now = context.environment.now();
  return (await registeredClients(context)).find(
    (each) => each.redirectUri === redirectUri && (each.secretExpiresAt ?? Number.POSITIVE_INFINITY) > now,
  );
}

function fromRecord(
  { as }: GrantContext,
  { clientId, clientSecret, authMethod }: ClientRecord,
): ClientIdentity {
  const proof = {
    ...(clientSecret === undefined ? {} : { clientSecret }),
    ...(authMethod === undefined ? {} : { authMethod }),
  };
  return { client: { client_id: clientId }, auth: clientAuth(as, proof) };
}
