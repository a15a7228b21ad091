/** How the authorization server behaves; each member may be changed while it runs. */
export interface Behaviour {
  accessTokenSeconds: number;
  /** Who signs in. `undefined`: the user declines. */
  account: string | undefined;
}

export interface AuthorizationServer {
  readonly issuer: string;
  readonly behaviour: Behaviour;
  /** How many requests of each kind it got: `METHOD /path`. */
  readonly requests: Map<string, number>;
  /** The form of every request to the token endpoint. */
  readonly tokenRequests: readonly URLSearchParams[];
  /** The key that it signs with, for forging. */
  readonly jwks: { readonly keys: readonly JsonWebKey[] };
  /** Does what a user does who types in the code. */
  approveDevice(userCode: string): Promise<void>;
  close(): Promise<void>;
}

export interface AuthorizationServerOptions {
  readonly clients?: readonly object[];
  /** Takes part in the configuration of the library. */
  readonly configuration?: object;
  readonly dpopNonces?: boolean;
  /** Assertions that are traded for tokens, by issuer, with the keys that verify them. */
  readonly assertionIssuers?: Readonly<Record<string, CryptoKey>>;
}

/** Starts oidc-provider on this machine. Everybody who comes is signed in and everything is agreed to. */
export function startAuthorizationServer(options?: AuthorizationServerOptions): Promise<AuthorizationServer>;

/** Goes where a user with a browser would, keeping cookies, and returns the URL outside the authorization server. */
export function browse(url: URL, issuer: string): Promise<URL>;
