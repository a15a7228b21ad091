import type { Client } from 'oauth4webapi';
import { dynamicClientRegistrationRequest, processDynamicClientRegistrationResponse } from 'oauth4webapi';
import { AuthError } from '../errors.ts';
import { type ClientProof, clientAuth } from './client-auth.ts';
import type { GrantContext } from './grant.ts';
import { type ClientIdentity, requestOptions, toAuthError } from './oauth.ts';
import { bindingKey, type ClientRecord, clientKey, readClient } from './records.ts';

/** A client identity that was agreed on beforehand. */
export interface PreRegisteredClient extends ClientProof {
  readonly clientId: string;
  /** The authorization server that knows it. @default the first that a server names; any other is refused from then on */
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

/** What is said of a client at dynamic registration. Spec: RFC 7591 §2. */
export interface RegistrationMetadata {
  readonly client_name: string;
  /** `native` for programs on the user's machine, `web` for hosted ones. @default by the redirect URI */
  readonly application_type?: 'native' | 'web';
  readonly client_uri?: string;
  readonly logo_uri?: string;
  readonly contacts?: readonly string[];
  readonly software_id?: string;
  readonly software_version?: string;
}

/** What a flow needs of a client. */
export interface RegistrationNeeds {
  readonly redirectUri?: string;
  readonly grantTypes: readonly string[];
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
  const kept = await readClient(context.store, clientKey(context.as.issuer));
  const record = isUsable(kept, context, needs) ? kept : await register(context, options, needs);
  return fromRecord(context, record);
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
  const kept = await readClient(context.store, clientKey(context.as.issuer));
  return kept?.clientId === clientId && kept.issuer === context.as.issuer
    ? fromRecord(context, kept)
    : undefined;
}

/** Forgets a registered identity that its authorization server does not know any more. */
export async function forgetRegistration(context: GrantContext, error: unknown): Promise<void> {
  if (error instanceof AuthError && error.oauthError === 'invalid_client')
    await context.store.remove(clientKey(context.as.issuer));
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
  if (known.issuer === undefined) await bindIssuer(context, known.clientId);
  return { client: { client_id: known.clientId }, auth: clientAuth(context.as, known) };
}

/** An identity of unknown origin belongs to the authorization server that it was used at first. */
async function bindIssuer({ as, server, store }: GrantContext, clientId: string): Promise<void> {
  const key = bindingKey(clientId, server.href);
  const bound = await store.read(key);
  if (bound === undefined) return store.write(key, as.issuer);
  if (bound === as.issuer) return;
  throw new AuthError(
    'issuer-mismatch',
    `The server now names the authorization server ${as.issuer}; the client's identity belongs to ${bound}.`,
  );
}

function isUsable(
  record: ClientRecord | undefined,
  { as, environment }: GrantContext,
  { redirectUri }: RegistrationNeeds,
): record is ClientRecord {
  if (record?.issuer !== as.issuer || record.redirectUri !== redirectUri) return false;
  return record.secretExpiresAt === undefined || record.secretExpiresAt > environment.now();
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

async function register(
  context: GrantContext,
  { registration }: ClientIdentityOptions,
  needs: RegistrationNeeds,
): Promise<ClientRecord> {
  const { as, store } = context;
  if (registration === undefined || as.registration_endpoint === undefined)
    throw new AuthError(
      'registration',
      `The client has no identity at ${as.issuer}. Register one there, and give it as a pre-registered client.`,
    );
  const record = toRecord(await sendRegistration(context, registration, needs), context, needs);
  await store.write(clientKey(as.issuer), JSON.stringify(record));
  return record;
}

async function sendRegistration(
  context: GrantContext,
  registration: RegistrationMetadata,
  { redirectUri, grantTypes }: RegistrationNeeds,
) {
  const metadata = {
    application_type: redirectUri === undefined ? 'native' : applicationType(redirectUri),
    ...registration,
    ...(redirectUri === undefined ? {} : { redirect_uris: [redirectUri], response_types: ['code'] }),
    grant_types: [...grantTypes],
    token_endpoint_auth_method: registrationMethod(context.as.token_endpoint_auth_methods_supported),
  };
  try {
    const response = await dynamicClientRegistrationRequest(
      context.as,
      // The library's type does not know that lists may be read-only.
      metadata as unknown as Partial<Client>,
      requestOptions({ fetch: context.fetch }),
    );
    return await processDynamicClientRegistrationResponse(response);
  } catch (error) {
    const { code, oauthError, message } = toAuthError(error);
    if (code !== 'token-request') throw toAuthError(error);
    throw new AuthError('registration', `${context.as.issuer} registered no client. ${message}`, {
      cause: error,
      ...(oauthError === undefined ? {} : { oauthError }),
    });
  }
}

function applicationType(redirectUri: string): 'native' | 'web' {
  const { protocol, hostname } = new URL(redirectUri);
  const local = hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
  return protocol === 'https:' && !local ? 'web' : 'native';
}

function registrationMethod(offered: readonly string[] = ['none']): string {
  const method = ['none', 'client_secret_basic', 'client_secret_post'].find((each) => offered.includes(each));
  return method ?? 'none';
}

function toRecord(
  answer: Awaited<ReturnType<typeof processDynamicClientRegistrationResponse>>,
  { as }: GrantContext,
  { redirectUri }: RegistrationNeeds,
): ClientRecord {
  const { client_id, client_secret, token_endpoint_auth_method, client_secret_expires_at } = answer;
  return {
    issuer: as.issuer,
    clientId: client_id,
    ...(typeof client_secret === 'string' ? { clientSecret: client_secret } : {}),
    ...(typeof token_endpoint_auth_method === 'string' ? { authMethod: token_endpoint_auth_method } : {}),
    ...(redirectUri === undefined ? {} : { redirectUri }),
    // 0 stands for never. Spec: RFC 7591 §3.2.1.
    ...(typeof client_secret_expires_at === 'number' && client_secret_expires_at > 0
      ? { secretExpiresAt: client_secret_expires_at * 1_000 }
      : {}),
  };
}
