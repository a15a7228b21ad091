/**
 * Whether a `file:` URI may be matched by a template: its path leads nowhere but down, however it is encoded, and it names
 * no other machine. A template such as `file:///{+path}` would otherwise hand `../../etc/passwd` to its handler.
 * URIs of other schemes are for their handlers to judge.
 * See https://modelcontextprotocol.io/specification/2026-07-28/server/resources#security-considerations.
 */
export function isSafeFileUri(uri: string): boolean {
  if (!/^file:/i.test(uri)) return true;
  const { hostname } = new URL(uri);
  if (hostname !== '' && hostname !== 'localhost') return false;
  let path = uri.slice('file:'.length);
  if (/%(?![0-9A-Fa-f]{2})/.test(path)) return false;
  for (let layer = 0; layer < MAX_LAYERS; layer += 1) {
    if (leavesDirectory(path)) return false;
    const decoded = decode(path);
    if (decoded === path) return true;
    path = decoded;
  }
  return false;
}

/** How many times a path may be encoded: a handler may decode what was decoded before. */
const MAX_LAYERS = 4;

const leavesDirectory = (path: string): boolean =>
  path.includes('\0') || path.split(/[\\/]/).some((segment) => segment === '..' || segment === '.');

/** Decodes byte by byte, and leaves alone what does not decode: more than any reader of the path would. */
const decode = (path: string): string =>
  path.replaceAll(/%([0-9A-Fa-f]{2})/g, (_all, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
