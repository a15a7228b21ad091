/** Why a file cannot be read, in words; what has none of its own is told by its code. */
export function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return WHY[code] ?? `it cannot be read (${code})`;
}

// ---

const NO_PERMISSION = 'this user has no permission to read it';

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  ENOTDIR: 'what should be its folder is a file',
  EACCES: NO_PERMISSION,
  EPERM: NO_PERMISSION,
};
