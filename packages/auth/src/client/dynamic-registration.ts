import type { Client } from 'oauth4webapi';
import { dynamicClientRegistrationRequest, processDynamicClientRegistrationResponse } from 'oauth4webapi';
import { isLoopbackHost } from '../discovery/addresses.ts';
import { AuthError } from '../errors.ts';
import type { GrantContext } from './grant.ts';
import { requestOptions, toAuthError } from './oauth.ts';
import type { ClientRecord } from './records.ts';
import { addClient } from './registered-clients.ts';

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

/**
 * Registers a client and keeps its identity. For work in turn. Rejects with `registration` where the authorization server does not take it.
 * Spec: basic/authorization/client-registration#dynamic-client-registration.
 */
export async function register(
  context: GrantContext,
  registration: RegistrationMetadata | undefined,
  needs: RegistrationNeeds,
): Promise<ClientRecord> {
  const { as } = context;
  if (registration === undefined || as.registration_endpoint === undefined)
    throw new AuthError(
      'registration',
      `The client has no identity at ${as.issuer}. Register one there, and give it as a pre-registered client.`,
    );
  const record = toRecord(await sendRegistration(context, registration, needs), context, needs);
  await addClient(context, record);
  return record;
}

// ---

async function sendRegistration(
  context: GrantContext,
  registration: RegistrationMetadata,
  { redirectUri, grantTypes }: RegistrationNeeds,
) {
  const metadata = {
    application_type: redirectUri === undefined ? 'native' : applicationType(redirectUri),
    ...registration,
    redirect_uris: redirectUri === undefined ? [] : [redirectUri],
    response_types: redirectUri === undefined ? [] : ['code'],
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
    return await processDynamicClientRegistrationResponse(await completed(response));
  } catch (error) {
    const converted = toAuthError(error);
    const { code, oauthError, message, cause } = converted;
    if (code !== 'token-request') throw converted;
    throw new AuthError(
      'registration',
      `${context.as.issuer} registered no client of type ${metadata.application_type} with the redirect URI ${redirectUri ?? 'none'}. ${message}`,
      {
        cause,
        ...(oauthError === undefined ? {} : { oauthError }),
      },
    );
  }
}

/**
 * Adds what authorization servers are known to leave out, so that the library takes their answer: that a secret does not expire,
 * and that a client was created.
 */
async function completed(response: Response): Promise<Response> {
  if (response.status !== 200 && response.status !== 201) return response;
  const body: unknown = await response.json();
  const isComplete = typeof body !== 'object' || body === null || 'client_secret_expires_at' in body;
  return Response.json(isComplete ? body : { ...body, client_secret_expires_at: 0 }, { status: 201 });
}

function applicationType(redirectUri: string): 'native' | 'web' {
  const { protocol, hostname } = new URL(redirectUri);
  return protocol === 'https:' && !isLoopbackHost(hostname) ? 'web' : 'native';
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
