import { createHash } from 'node:crypto';
import { createTokenChecks, type TokenChecks, type TrustedIssuer } from '@switchyard/auth/resource';
import type { Secrets } from '../config/secret.ts';
import type { Resource, Resources } from '../resources.ts';
import type { IdentifyPlan } from './plan.ts';

/** What is known of the issuers and their tokens: kept over reloads that change nothing about them. */
export interface HeldChecks {
  readonly issuers: readonly TrustedIssuer[];
  readonly checks: TokenChecks;
  release(): Promise<void>;
}

/** The issuers of a plan, with the secrets for asking them. Throws `ConfigError` where a secret cannot be read. */
export function issuersOf(plan: IdentifyPlan, secrets: Secrets): readonly TrustedIssuer[] {
  return plan.issuers.map(({ introspection, ...issuer }, i): TrustedIssuer => {
    if (introspection === undefined) return issuer;
    const { clientSecret, ...rest } = introspection;
    const at = ['identify', 'issuers', i, 'introspection', 'clientSecret'];
    return { ...issuer, introspection: { ...rest, clientAuth: secrets.read(clientSecret, at) } };
  });
}

/** The checks of the tokens of these issuers; `undefined` where there are none. */
export function holdChecks(
  issuers: readonly TrustedIssuer[],
  plan: IdentifyPlan,
  { resources, clock }: { readonly resources: Resources; readonly clock: () => number },
): HeldChecks | undefined {
  if (issuers.length === 0) return undefined;
  const { clockToleranceMs, rememberMs, publicUrl } = plan;
  const made = JSON.stringify([issuers, clockToleranceMs, rememberMs, publicUrl]);
  const key = `tokens:${createHash('sha256').update(made).digest('base64')}`;
  const options = { clockToleranceMs, cacheMs: rememberMs, now: clock, resource: publicUrl };
  const held = resources.hold(key, () => new Checks(issuers, options));
  return { issuers, checks: held.checks, release: () => resources.release(key) };
}

// ---

class Checks implements Resource {
  readonly checks: TokenChecks;

  constructor(
    issuers: readonly TrustedIssuer[],
    options: Omit<Parameters<typeof createTokenChecks>[0], 'issuers'>,
  ) {
    this.checks = createTokenChecks({ ...options, issuers });
  }

  /** Keys and outcomes are memory only. */
  close(): void {}
}
