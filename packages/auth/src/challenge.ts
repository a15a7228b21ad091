/** One challenge of a `WWW-Authenticate` header: the scheme in lower case, parameter names in lower case. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Longer headers are not read: no server needs them. */
const MAX_HEADER_LENGTH = 8_192;

/**
 * The challenges of a `WWW-Authenticate` header, as far as it can be read: what comes after a part that is not well formed is
 * left out. Of a parameter given twice the first counts. Spec: RFC 9110 §11.6.1.
 */
export function parseChallenges(header: string | null | undefined): readonly Challenge[] {
  if (header === null || header === undefined || header.length > MAX_HEADER_LENGTH) return [];
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  const scanner = new RegExp(PART, 'y');
  for (let part = scanner.exec(header); part?.groups !== undefined; part = scanner.exec(header)) {
    const { scheme, name, quoted, plain } = part.groups;
    if (scheme !== undefined) {
      challenges.push({ scheme: scheme.toLowerCase(), parameters: Object.create(null) });
      continue;
    }
    const parameters = challenges.at(-1)?.parameters;
    const key = name?.toLowerCase();
    if (parameters === undefined || key === undefined) break;
    parameters[key] ??= quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '';
  }
  return challenges;
}

/** Writes a challenge. Parameters that are undefined are left out. Characters that a quoted string cannot hold become `?`. */
export function formatChallenge(
  scheme: string,
  parameters: Readonly<Record<string, string | undefined>>,
): string {
  const parts = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}="${quotable(value)}"`],
  );
  return parts.length === 0 ? scheme : `${scheme} ${parts.join(', ')}`;
}

// ---

/** A parameter `name=value`, or a scheme, which stands before a blank or at the end of its element. */
const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PART = `[\\s,]*(?:(?<name>${TOKEN})\\s*=\\s*(?:"(?<quoted>(?:[^"\\\\]|\\\\.)*)"|(?<plain>[^\\s",]+))|(?<scheme>${TOKEN})(?=\\s|,|$))`;

function quotable(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, '\\$&');
}
