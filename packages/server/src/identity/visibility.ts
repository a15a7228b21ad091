import type { Principal } from './principal.ts';

/**
 * Who may see and use a definition: everyone (absent), holders of any one of the scopes, or whoever the predicate accepts.
 * To others the definition does not exist: it is absent from lists and unknown when called.
 * A predicate must depend on the principal alone.
 */
export type Visibility = readonly string[] | ((principal: Principal) => boolean);

/** True where the principal may see what carries this visibility. */
export function isVisible(visibility: Visibility | undefined, principal: Principal): boolean {
  if (visibility === undefined) return true;
  if (typeof visibility === 'function') return visibility(principal) === true;
  return visibility.some((scope) => principal.scopes.includes(scope));
}
