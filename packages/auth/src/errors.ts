/**
 * What can go wrong while authorization is obtained or checked:
 *
 * - `discovery`: no usable metadata of the resource or the authorization server.
 * - `issuer-mismatch`: a document or response names another issuer than the one it was asked of.
 * - `resource-mismatch`: the resource's metadata speak of another resource.
 * - `forbidden-address`: a URL that may not be dialled: not https, or a private address.
 * - `registration`: no client identity is at hand for the authorization server, or it refused to register one.
 * - `authorization-response`: the redirect is not an answer to our request.
 * - `denied`: the user or the authorization server said no, or the tokens were forgotten meanwhile.
 * - `token-request`: the token endpoint refused; `oauthError` tells how.
 * - `unreachable`: no answer from a server that is needed; nothing was lost, the call may be made again.
 * - `unsupported`: the authorization server does not offer what the flow needs.
 * - `expired`: the user took too long.
 * - `sign-in-required`: the user of a web application must be sent to `url`.
 */
export type AuthErrorCode =
  | 'discovery'
  | 'issuer-mismatch'
  | 'resource-mismatch'
  | 'forbidden-address'
  | 'registration'
  | 'authorization-response'
  | 'denied'
  | 'token-request'
  | 'unreachable'
  | 'unsupported'
  | 'expired'
  | 'sign-in-required';

/** What an {@link AuthError} may carry beside its code and message. */
export interface AuthErrorDetails {
  readonly cause?: unknown;
  /** The `error` of an OAuth error response, such as `invalid_grant`. */
  readonly oauthError?: string;
  /** The page to send the user to. */
  readonly url?: URL;
}

/** A failure to obtain or check authorization. Switch on `code`; neither message nor cause contains a token or a secret. */
export class AuthError extends Error {
  override readonly name = 'AuthError';
  readonly code: AuthErrorCode;
  readonly oauthError: string | undefined;
  readonly url: URL | undefined;

  constructor(code: AuthErrorCode, message: string, details: AuthErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.oauthError = details.oauthError;
    this.url = details.url;
  }
}
