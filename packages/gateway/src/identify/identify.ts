import type { IncomingMessage, ServerResponse } from 'node:http';
import { AuthError, type TokenDenial, type TokenPrincipal } from '@switchyard/auth/resource';

import type { Exchange } from '../exchange.ts';
import type { LivePlan } from '../plan/live.ts';
import type { Plan } from '../plan/plan.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { Outcome, Stage } from '../stage.ts';
import { type HeldState, holdState, type StateContext } from '../state/hold-state.ts';
import { StateLostError } from '../state/shared-state.ts';
import { Asked } from './asked.ts';
import type { Caller } from './caller.ts';
import { Certificates, type ProvedCertificate } from './certificates.ts';
import { type HeldChecks, holdChecks, issuersOf } from './issuers.ts';
import { ApiKeys, type FoundKey, KEY_PREFIX } from './keys.ts';
import { forbidden, tooLittle, unauthorized, unidentified } from './lock.ts';
import { Locks } from './locks.ts';
import { MetadataDocuments } from './metadata.ts';
import type { IdentifyPlan } from './plan.ts';
import { readKeys } from './read-keys.ts';
import { ScopeNeeds } from './scopes.ts';

/** Establishes who sends a request, or refuses it; `undefined` for a plan that asks nobody. */
export function identifyStage(plan: Plan, context: StateContext): Stage | undefined {
  return plan.identify === undefined ? undefined : new Identify(plan, plan.identify, context);
}

// ---

class Identify implements Stage {
  readonly name = 'identify';
  readonly #clock: () => number;
  readonly #clockToleranceMs: number;
  readonly #state: HeldState;
  readonly #held: HeldChecks | undefined;
  readonly #keys: ApiKeys | undefined;
  readonly #certificates: Certificates | undefined;
  readonly #locks: Locks;
  readonly #documents: MetadataDocuments;
  readonly #global: ScopeNeeds;
  readonly #needs = new Map<string, ScopeNeeds>();
  readonly #callers = new WeakMap<TokenPrincipal, Caller>();

  constructor(plan: Plan, own: IdentifyPlan, context: StateContext) {
    const { clock, secrets } = context;
    this.#clock = clock;
    this.#clockToleranceMs = own.clockToleranceMs;
    this.#keys = own.keys && new ApiKeys(readKeys(own.keys, plan, secrets), own.impliedScopes, clock);
    this.#certificates =
      own.certificates.length > 0 || plan.listen.tls?.clientCa !== undefined
        ? new Certificates(own.certificates)
        : undefined;
    this.#global = new ScopeNeeds([own.scopes]);
    for (const { name, scopes } of plan.servers)
      if (scopes !== undefined) this.#needs.set(name, new ScopeNeeds([own.scopes, scopes]));
    // Whatever may throw comes before what is held: a plan that cannot be used holds nothing.
    const issuers = issuersOf(own, secrets);
    this.#state = holdState(plan.state, context);
    this.#held = holdChecks(issuers, own, context);
    this.#locks = new Locks({ plan: own, held: this.#held, replay: this.#state.state, clock });
    this.#documents = new MetadataDocuments(this.#locks);
  }

  enter(exchange: Exchange): Outcome | Promise<Outcome> {
    const { head, door } = exchange.request;
    const asked = new Asked(exchange, this.#locks.of(door), this.#needsOf(exchange));
    const apiKey = this.#keys === undefined ? undefined : head.apiKey;
    if (head.authorization !== undefined && apiKey !== undefined)
      return refuse('bad-request', { message: 'Authorization and X-API-Key both name a caller' });
    if (apiKey !== undefined) return this.#byKey(asked, this.#keys?.find(apiKey));
    if (head.authorization !== undefined) return this.#byAuthorization(asked, head.authorization);
    return this.#byConnection(asked);
  }

  document(req: IncomingMessage, res: ServerResponse, live: LivePlan): boolean {
    return this.#documents.answer(req, res, live);
  }

  async close(): Promise<void> {
    await Promise.all([this.#state.release(), this.#held?.release()]);
  }

  #needsOf({ request }: Exchange): readonly string[] {
    const needs = (request.server && this.#needs.get(request.server.plan.name)) ?? this.#global;
    return needs.of(request.method, request.name);
  }

  #byKey(asked: Asked, found: FoundKey | undefined): Refusal | undefined {
    if (found === undefined) return this.#denied(asked, 'invalid_token');
    const name = asked.exchange.request.door.server?.plan.name;
    if (found.servers !== undefined && (name === undefined || !found.servers.has(name)))
      return this.#denied(asked, 'invalid_token');
    return known(asked, found);
  }

  #byAuthorization(asked: Asked, authorization: string): Outcome | Promise<Outcome> {
    const token = this.#keys === undefined ? undefined : bearerOf(authorization);
    const found = token === undefined ? undefined : this.#keys?.find(token);
    if (found !== undefined) return this.#byKey(asked, found);
    const { verifier } = asked.lock;
    if (verifier === undefined || token?.startsWith(KEY_PREFIX) === true)
      return this.#denied(asked, 'invalid_token');
    asked.certificate = this.#certificate(asked.exchange)?.thumbprint;
    const now = verifier.authenticateNow(asked);
    if (now !== undefined) return this.#byToken(asked, now);
    return verifier.authenticate(asked).then((later) => this.#byToken(asked, later), unanswered);
  }

  #byToken(asked: Asked, outcome: TokenPrincipal | TokenDenial): Outcome {
    if (!('denied' in outcome)) {
      const { exp } = outcome.claims;
      asked.exchange.caller = this.#callerOf(outcome);
      if (typeof exp === 'number') asked.exchange.validUntil = exp * 1000 + this.#clockToleranceMs;
      return undefined;
    }
    const { status, challenge } = outcome;
    const detail = status === 401 ? 'no valid token' : 'insufficient scope';
    asked.exchange.note({ stage: this.name, decision: 'denied', detail });
    if (status === 401) return unauthorized(challenge);
    // Who it was is known, and belongs on record.
    return forbidden(challenge);
  }

  #byConnection(asked: Asked): Refusal | undefined {
    const { caller, expiresAt = 0 } = this.#certificate(asked.exchange) ?? {};
    if (caller !== undefined) return known(asked, { caller, expiresAt });
    // Nobody has no scopes.
    if (asked.lock.anonymous && asked.needs.length === 0) return undefined;
    return this.#denied(asked);
  }

  #certificate({ req }: Exchange): ProvedCertificate | undefined {
    const proved = this.#certificates?.of(req.socket);
    // A connection may outlive the certificate that it began with.
    return proved !== undefined && this.#clock() < proved.expiresAt ? proved : undefined;
  }

  #denied(asked: Asked, error?: string): Refusal {
    const detail = error === undefined ? 'no credentials' : 'credentials that are not valid';
    asked.exchange.note({ stage: this.name, decision: 'denied', detail });
    return unidentified(asked.lock, asked.needs, error);
  }

  #callerOf(principal: TokenPrincipal): Caller {
    const known = this.#callers.get(principal);
    if (known !== undefined) return known;
    const { issuer, subject, tenant, scopes, claims } = principal;
    const client = claims['client_id'] ?? claims['azp'];
    const caller: Caller = {
      ...{ by: 'token', issuer, subject, scopes, claims },
      ...(typeof client === 'string' ? { client } : {}),
      ...(tenant === undefined ? {} : { tenant }),
    };
    this.#callers.set(principal, caller);
    return caller;
  }
}

/** Lets a caller in whose credentials are not tokens, if they permit what the request needs. */
function known(
  { exchange, lock, needs }: Asked,
  { caller, expiresAt }: Pick<FoundKey, 'caller' | 'expiresAt'>,
): Refusal | undefined {
  exchange.caller = caller;
  exchange.validUntil = expiresAt;
  if (needs.every((scope) => caller.scopes.includes(scope))) return undefined;
  exchange.note({ stage: 'identify', decision: 'denied', detail: 'insufficient scope' });
  return tooLittle(lock.verifier?.metadataUrl, needs);
}

function bearerOf(authorization: string): string | undefined {
  return /^bearer +(\S+) *$/i.exec(authorization)?.[1];
}

/** Nobody can say whether the token counts: that is no reason to let it in, and none to call it wrong. */
function unanswered(error: unknown): Refusal {
  if (error instanceof AuthError || error instanceof StateLostError) return refuse('identity-unavailable');
  throw error;
}
