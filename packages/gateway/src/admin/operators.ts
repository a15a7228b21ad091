import type { IncomingMessage } from 'node:http';
import type { Secrets } from '../config/secret.ts';
import { Certificates } from '../identify/certificates.ts';
import type { AdminPlan } from './config.ts';
import { readTokens, type TokenHolders } from './tokens.ts';

/** Tells operators from everybody else. */
export class Operators {
  readonly #tokens: TokenHolders;
  readonly #certificates: Certificates;
  readonly #clock: () => number;

  /** Throws `ConfigError` where a token cannot be read. `clock` gives milliseconds since the epoch. */
  constructor(plan: AdminPlan, secrets: Secrets, clock: () => number) {
    this.#tokens = readTokens(plan, secrets);
    this.#certificates = new Certificates(plan.certificates);
    this.#clock = clock;
  }

  /** Under which name what is asked goes on record; `undefined` for nobody's request. A wrong token is not made good by a certificate. */
  find({ headers: { authorization }, socket }: IncomingMessage): string | undefined {
    if (authorization !== undefined) {
      const [, token] = /^Bearer ([!-~]+)$/i.exec(authorization) ?? [];
      return token === undefined ? undefined : this.#tokens.find(token);
    }
    const proved = this.#certificates.of(socket);
    // A connection may outlive the certificate that it began with.
    if (proved?.caller === undefined || this.#clock() >= proved.expiresAt) return undefined;
    // No token can have such a name.
    return `certificate:${proved.caller.subject}`;
  }
}
