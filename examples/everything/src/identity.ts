import { createHash, timingSafeEqual } from 'node:crypto';
import type { Authenticate } from '@switchyard/server';
import { anonymous, deny } from '@switchyard/server';

/**
 * Lets callers in without credentials, and takes whoever brings this bearer token for the administrator.
 * Any other token is refused with 401.
 */
export function adminBearer(token: string): Authenticate {
  const expected = sha256(`Bearer ${token}`);
  return ({ header }) => {
    const given = header('authorization');
    if (given === undefined) return anonymous;
    if (!timingSafeEqual(sha256(given), expected)) return deny(401, 'Bearer error="invalid_token"');
    return { issuer: 'everything', subject: 'admin', scopes: ['admin'] };
  };
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
