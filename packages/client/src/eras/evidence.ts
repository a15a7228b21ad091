import type { Result } from '@switchyard/wire';
import { ERRORS, LEGACY_VERSIONS } from '@switchyard/wire';
import { ClientError, ProtocolError } from '../errors.ts';

/** What an answer says of the era of a server; `unclear` where it says nothing that holds. */
export type Evidence = 'modern' | 'legacy' | 'unclear';

/** Errors that only servers of this era have. */
const MODERN_CODES: ReadonlySet<number> = new Set([
  ERRORS.HeaderMismatch.code,
  ERRORS.MissingRequiredClientCapability.code,
  ERRORS.UnsupportedProtocolVersion.code,
]);

/** With these, servers turn away what they do not know. Whatever else fails says nothing of an era. */
const UNKNOWING_STATUSES: ReadonlySet<number> = new Set([400, 404, 405, 406, 415]);

/** What a result says: only servers of this era tell its type; success alone proves nothing. */
export function evidenceOfResult(result: Result): Evidence {
  return typeof result.resultType === 'string' ? 'modern' : 'unclear';
}

/** Whether an error could come from a server that does not know this era. */
export function isSuspicious(error: unknown): boolean {
  if (evidenceOfError(error) !== 'unclear') return false;
  const isAnswer =
    error instanceof ProtocolError || (error instanceof ClientError && error.code === 'http-status');
  return isAnswer && error.status !== undefined && UNKNOWING_STATUSES.has(error.status);
}

/** What an error says, whatever was asked. */
export function evidenceOfError(error: unknown): Evidence {
  if (error instanceof ProtocolError && MODERN_CODES.has(error.code)) return 'modern';
  return error instanceof ClientError && error.code === 'unsupported-version' ? 'modern' : 'unclear';
}

/** What the answer to `server/discover` says. Spec: basic/versioning#backward-compatibility-with-initialization-based-versions. */
export function evidenceOfDiscovery(result: Result): Evidence {
  const versions = result['supportedVersions'];
  if (!Array.isArray(versions)) return 'legacy';
  return versions.some((version) => typeof version === 'string' && !LEGACY_VERSIONS.includes(version))
    ? 'modern'
    : 'legacy';
}

/** What a failure of `server/discover` says: only a refusal that shows ignorance is one of a legacy server. */
export function evidenceOfFailedDiscovery(error: unknown, transport: 'http' | 'stdio'): Evidence {
  const known = evidenceOfError(error);
  if (known !== 'unclear') return known;
  if (isSuspicious(error)) return 'legacy';
  if (!(error instanceof ProtocolError)) return 'unclear';
  // Over stdio there is no status, and the code is anybody's guess; over HTTP a legacy server may say no with 200.
  const ignorant = error.code === ERRORS.MethodNotFound.code || error.code === ERRORS.InvalidRequest.code;
  return transport === 'stdio' || (error.status === 200 && ignorant) ? 'legacy' : 'unclear';
}
