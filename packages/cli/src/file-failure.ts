import { Failure } from './failure.ts';

/** Says why a file cannot be read or written. */
export function fileFailure(error: unknown, file: string, what: 'read' | 'written'): Failure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const why =
    code === 'ENOENT' && what === 'written'
      ? 'its folder is not there'
      : (WHY[code] ?? (code === '' ? String(error) : code));
  return new Failure(`${file} cannot be ${what}: ${why}.`);
}

// ---

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  ENOTDIR: 'what should be its folder is a file',
  EACCES: 'this user has no permission',
  EPERM: 'this user has no permission',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
};
