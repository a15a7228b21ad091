/** A pattern in the syntax of RE2, and about how many states it makes. */
export interface LinearPattern {
  readonly text: string;
  readonly size: number;
}

/**
 * Rewrites an ECMAScript pattern as one that means the same to RE2, which runs in time linear in the text. Gives
 * `undefined` for what has no such counterpart: look-around, back-references, and escapes that only one of the two knows.
 */
export function toLinearPattern(pattern: string): LinearPattern | undefined {
  const scan: Scan = { source: pattern, at: 0, text: '', sizes: [0], atom: 0 };
  while (scan.at < pattern.length) {
    if (!step(scan)) return undefined;
  }
  return scan.sizes.length === 1 ? { text: scan.text, size: total(scan) + 1 } : undefined;
}

// ---------------------------------------------------------------------------------------------------------------------

interface Scan {
  readonly source: string;
  at: number;
  text: string;
  /** The sizes of the groups open at this point, outermost first, each without its last atom. */
  readonly sizes: number[];
  /** The size of the last atom: what a quantifier would repeat. */
  atom: number;
}

/** What ECMAScript's `\s` matches, as ranges of a class; RE2's own is narrower. */
const SPACE =
  '\\x09-\\x0d\\x20\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}';
const NOT_SPACE =
  '\\x00-\\x08\\x0e-\\x1f\\x21-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}' +
  '\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}';
const LINE_ENDS = '\\n\\r\\x{2028}\\x{2029}';

function step(scan: Scan): boolean {
  const character = scan.source[scan.at];
  switch (character) {
    case '\\': {
      const escaped = readEscape(scan);
      if (escaped === undefined) return false;
      return emit(scan, escaped.isRanges ? `[${escaped.text}]` : escaped.text, 1);
    }
    case '[':
      return readClass(scan);
    case '(':
      return openGroup(scan);
    case ')':
      return closeGroup(scan);
    case '*':
    case '+':
    case '?':
    case '{':
      return quantify(scan);
    case '.':
      scan.at += 1;
      return emit(scan, `[^${LINE_ENDS}]`, 1);
    default:
      return readLiteral(scan);
  }
}

function emit(scan: Scan, text: string, size: number): boolean {
  scan.text += text;
  addToGroup(scan, scan.atom);
  scan.atom = size;
  return true;
}

function readLiteral(scan: Scan): boolean {
  const character = String.fromCodePoint(scan.source.codePointAt(scan.at) ?? 0);
  scan.at += character.length;
  // Outside a class these two only mean themselves, where ECMAScript lets them stand at all.
  return emit(scan, character === ']' || character === '}' ? `\\${character}` : character, 1);
}

function openGroup(scan: Scan): boolean {
  const opening = /^\((\?:|\?<[A-Za-z_$][\w$]*>)?(?!\?)/.exec(scan.source.slice(scan.at, scan.at + 100));
  if (opening === null) return false;
  scan.at += opening[0].length;
  // Names of groups mean nothing to a test.
  emit(scan, '(?:', 0);
  scan.sizes.push(0);
  scan.atom = 0;
  return true;
}

function closeGroup(scan: Scan): boolean {
  if (scan.sizes.length === 1) return false;
  const size = total(scan);
  scan.sizes.pop();
  scan.at += 1;
  scan.text += ')';
  scan.atom = size;
  return true;
}

function quantify(scan: Scan): boolean {
  const quantifier = /^(?:[*+?]|\{(\d{1,4})(?:,(\d{0,4}))?\})\??/.exec(
    scan.source.slice(scan.at, scan.at + 16),
  );
  if (quantifier === null) {
    // A brace that opens no quantifier means itself.
    scan.at += 1;
    return emit(scan, '\\{', 1);
  }
  scan.at += quantifier[0].length;
  scan.text += quantifier[0];
  scan.atom *= Math.max(1, Number(quantifier[1] ?? 1), Number(quantifier[2] ?? 1));
  return true;
}

function readClass(scan: Scan): boolean {
  const negated = scan.source.startsWith('[^', scan.at);
  scan.at += negated ? 2 : 1;
  let text = '';
  while (scan.source[scan.at] !== ']') {
    const item = scan.source[scan.at] === '\\' ? readEscape(scan, true)?.text : readClassCharacter(scan);
    if (item === undefined) return false;
    text += item;
  }
  scan.at += 1;
  // An empty class, which RE2 does not have, matches nothing; its negation matches everything.
  if (text === '') return emit(scan, negated ? '[\\x00-\\x{10ffff}]' : '[^\\x00-\\x{10ffff}]', 1);
  return emit(scan, `[${negated ? '^' : ''}${text}]`, 1);
}

function readClassCharacter(scan: Scan): string | undefined {
  const code = scan.source.codePointAt(scan.at);
  if (code === undefined) return undefined;
  const character = String.fromCodePoint(code);
  scan.at += character.length;
  return character === '[' || character === '^' ? `\\${character}` : character;
}

/** Reads one escape; `isRanges` where it stands for ranges that need a class around them. */
function readEscape(scan: Scan, inClass = false): { text: string; isRanges?: boolean } | undefined {
  const rest = scan.source.slice(scan.at + 1, scan.at + 64);
  const letter = rest[0] ?? '';
  const take = (length: number, text: string, isRanges = false) => {
    scan.at += 1 + length;
    return { text, isRanges: isRanges && !inClass };
  };
  if (letter === 's') return take(1, SPACE, true);
  if (letter === 'S') return take(1, NOT_SPACE, true);
  if (/^[dDwW]/.test(rest)) return take(1, `\\${letter}`);
  if (/^[bB]/.test(rest))
    return inClass ? (letter === 'b' ? take(1, '\\x08') : undefined) : take(1, `\\${letter}`);
  const control = 'tnvfr'.indexOf(letter);
  if (letter !== '' && control >= 0) return take(1, toHex([9, 10, 11, 12, 13][control] ?? 0));
  const property = /^([pP])\{([\w=]{1,40})\}/.exec(rest);
  if (property !== null) {
    const name = propertyName(property[2] ?? '');
    return take(property[0].length, `\\${property[1]}{${name}}`);
  }
  const code = readCode(rest);
  if (code !== undefined) return take(code.length, toHex(code.value));
  // Any other letter or digit is a back-reference or means something to one engine only.
  return /^[^A-Za-z0-9]/.test(rest) ? take(1, letter === '_' ? '_' : `\\${letter}`) : undefined;
}

function readCode(rest: string): { length: number; value: number } | undefined {
  const pair = /^u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})/i.exec(rest);
  if (pair !== null) {
    const units = [pair[1], pair[2]].map((hex) => Number.parseInt(hex ?? '', 16));
    return { length: pair[0].length, value: String.fromCharCode(...units).codePointAt(0) ?? 0 };
  }
  const hex = /^(?:u\{([0-9a-f]{1,6})\}|u([0-9a-f]{4})|x([0-9a-f]{2}))/i.exec(rest);
  if (hex !== null)
    return { length: hex[0].length, value: Number.parseInt(hex[1] ?? hex[2] ?? hex[3] ?? '', 16) };
  if (/^0(?!\d)/.test(rest)) return { length: 1, value: 0 };
  const control = /^c([A-Za-z])/.exec(rest);
  return control === null ? undefined : { length: 2, value: (control[1] ?? '').charCodeAt(0) % 32 };
}

function toHex(code: number): string {
  return `\\x{${code.toString(16)}}`;
}

function propertyName(name: string): string {
  const bare = name.replace(/^(?:General_Category|gc|Script|sc|Script_Extensions|scx)=/, '');
  return CATEGORIES[bare] ?? bare;
}

function addToGroup(scan: Scan, size: number): void {
  const last = scan.sizes.length - 1;
  scan.sizes[last] = (scan.sizes[last] ?? 0) + size;
}

function total(scan: Scan): number {
  return (scan.sizes.at(-1) ?? 0) + scan.atom;
}

/** The long names of general categories; RE2 knows the short ones. */
const CATEGORIES: Readonly<Record<string, string | undefined>> = {
  Letter: 'L',
  Lowercase_Letter: 'Ll',
  Uppercase_Letter: 'Lu',
  Titlecase_Letter: 'Lt',
  Modifier_Letter: 'Lm',
  Other_Letter: 'Lo',
  Mark: 'M',
  Nonspacing_Mark: 'Mn',
  Spacing_Mark: 'Mc',
  Enclosing_Mark: 'Me',
  Number: 'N',
  Decimal_Number: 'Nd',
  digit: 'Nd',
  Letter_Number: 'Nl',
  Other_Number: 'No',
  Punctuation: 'P',
  punct: 'P',
  Connector_Punctuation: 'Pc',
  Dash_Punctuation: 'Pd',
  Open_Punctuation: 'Ps',
  Close_Punctuation: 'Pe',
  Initial_Punctuation: 'Pi',
  Final_Punctuation: 'Pf',
  Other_Punctuation: 'Po',
  Symbol: 'S',
  Math_Symbol: 'Sm',
  Currency_Symbol: 'Sc',
  Modifier_Symbol: 'Sk',
  Other_Symbol: 'So',
  Separator: 'Z',
  Space_Separator: 'Zs',
  Line_Separator: 'Zl',
  Paragraph_Separator: 'Zp',
  Other: 'C',
  Control: 'Cc',
  Format: 'Cf',
  Surrogate: 'Cs',
  Private_Use: 'Co',
};
