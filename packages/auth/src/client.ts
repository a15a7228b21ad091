export {
  type AuthorizationCodeOptions,
  authorizationCode,
  type OpenRedirect,
  type RedirectReceiver,
} from './client/authorization-code.ts';
export { createAuthorizer } from './client/authorizer.ts';
export type {
  AuthNotice,
  Authorizer,
  AuthorizerOptions,
  AuthRequest,
  TrustExceptions,
} from './client/authorizer-options.ts';
export type { ClientProof } from './client/client-auth.ts';
export { type ClientCredentialsOptions, clientCredentials } from './client/client-credentials.ts';
export { type DeviceCodeOptions, type DevicePrompt, deviceCode } from './client/device.ts';
export type { RegistrationMetadata } from './client/dynamic-registration.ts';
export {
  type EnterpriseManagedOptions,
  enterpriseManaged,
  type IdentityProvider,
  type SubjectToken,
} from './client/enterprise.ts';
export type { Grant, GrantContext, Granted } from './client/grant.ts';
export { authLink, type LinkedRequest } from './client/link.ts';
export type { PendingRecord } from './client/pending.ts';
export type { ClientIdentityOptions, PreRegisteredClient } from './client/registration.ts';
export {
  createServiceTokens,
  type ServiceToken,
  type ServiceTokens,
  type ServiceTokensOptions,
  type ServiceTokenTarget,
} from './client/service-tokens.ts';
export { type CredentialStore, memoryCredentialStore } from './client/store.ts';
export { type WebSignInOptions, webSignIn } from './client/web-sign-in.ts';
export { type AssertionTarget, type WorkloadIdentityOptions, workloadIdentity } from './client/workload.ts';
export type { IssuerException } from './discovery/authorization-server.ts';
export type { Environment } from './environment.ts';
export { AuthError, type AuthErrorCode, type AuthErrorDetails } from './errors.ts';
export type { Dial, Fetch } from './http.ts';
