import { ERRORS, PROTOCOL_VERSION } from '@switchyard/wire';
import { ClientError, ProtocolError } from '../errors.ts';
import type { Link } from '../link.ts';
import type { Transmitter } from './transmit.ts';

/** The revisions that this client speaks, the preferred one first. */
export const SPOKEN_VERSIONS: readonly string[] = [PROTOCOL_VERSION];

/**
 * Where a server refuses the revision of a request, sends it once more in one that both speak: it was refused unread.
 * Throws `ClientError` `unsupported-version` where there is none. Spec: basic/versioning#protocol-version-negotiation.
 */
export function versionLink(transmitter: Transmitter): Link {
  return async (request, next) => {
    try {
      return await next(request);
    } catch (error) {
      const supported = supportedIn(error);
      if (supported === undefined) throw error;
      const version = SPOKEN_VERSIONS.find((spoken) => supported.includes(spoken));
      if (version === undefined) throw disagreement(supported, error);
      transmitter.version = version;
      return next(request).catch((second: unknown) => {
        throw supportedIn(second) === undefined ? second : disagreement(supported, second);
      });
    }
  };
}

/** The revisions that an error says the server speaks; undefined for an error of another kind. */
function supportedIn(error: unknown): readonly string[] | undefined {
  if (!(error instanceof ProtocolError) || error.code !== ERRORS.UnsupportedProtocolVersion.code)
    return undefined;
  const { data } = error;
  const supported: unknown =
    typeof data === 'object' && data !== null ? Reflect.get(data, 'supported') : undefined;
  if (!Array.isArray(supported)) return [];
  return supported.filter((version) => typeof version === 'string').slice(0, 32);
}

function disagreement(supported: readonly string[], cause: unknown): ClientError {
  const theirs = supported.length === 0 ? 'names none' : `says that it speaks ${supported.join(', ')}`;
  const message = `No revision in common: this client speaks ${SPOKEN_VERSIONS.join(', ')}; the server ${theirs}.`;
  return new ClientError('unsupported-version', message, { data: { supported }, cause });
}
