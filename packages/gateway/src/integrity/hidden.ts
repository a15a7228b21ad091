/** Whether a text holds characters that people do not see. Line ends and tabs are seen, except in names. */
export function hasHidden(text: string, kind: 'text' | 'name'): boolean {
  return (kind === 'name' ? HIDDEN_IN_NAME : HIDDEN).test(withoutEmoji(text));
}

/** The text without what people do not see. */
export function withoutHidden(text: string): string {
  return text.replace(JOINED_OR_HIDDEN, (found) => (EMOJI_JOINER.test(found) ? found : ''));
}

/** How a name looks: names that look alike are equal in it. Covers the letters of other alphabets that Latin ones are mistaken for. */
export function lookOf(name: string): string {
  return [...withoutHidden(name).normalize('NFKC')].map((letter) => LATIN.get(letter) ?? letter).join('');
}

// ---

/**
 * Controls but line ends and tabs; soft hyphen; the Arabic letter mark; Mongolian vowel separator; zero-width characters and
 * direction marks; direction controls; invisible operators; deprecated format characters; byte order mark; interlinear
 * annotations; tags; further variation selectors; halves of characters.
 */
const CLASS = [
  '\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f',
  '\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff0-\\ufffb\\u{e0000}-\\u{e0fff}\\p{Cs}',
].join('');
const EMOJI = '\\p{Extended_Pictographic}\\p{Emoji_Modifier}?\\ufe0f?\\u200d(?=\\p{Extended_Pictographic})';
const HIDDEN = new RegExp(`[${CLASS}]`, 'u');
const HIDDEN_IN_NAME = new RegExp(`[${CLASS}\\t\\n\\r]`, 'u');
const JOINED_OR_HIDDEN = new RegExp(`${EMOJI}|[${CLASS}]`, 'gu');
const EMOJI_JOINER = /^\p{Extended_Pictographic}/u;

function withoutEmoji(text: string): string {
  return text.replace(new RegExp(EMOJI, 'gu'), '');
}

/** Letters of Cyrillic, Greek and Armenian that look like Latin ones. */
const LATIN: ReadonlyMap<string, string> = new Map(
  [
    ...[
      'аa',
      'еe',
      'оo',
      'рp',
      'сc',
      'уy',
      'хx',
      'іi',
      'јj',
      'ѕs',
      'һh',
      'ԁd',
      'ԛq',
      'ԝw',
      'ӏl',
      'кk',
      'тt',
      'мm',
      'вb',
    ],
    ...['АA', 'ВB', 'СC', 'ЕE', 'НH', 'ІI', 'ЈJ', 'КK', 'МM', 'ОO', 'РP', 'ЅS', 'ТT', 'ХX', 'УY', 'ѵv'],
    ...[
      'οo',
      'αa',
      'νv',
      'ρp',
      'υu',
      'ιi',
      'κk',
      'τt',
      'χx',
      'γy',
      'ΑA',
      'ΒB',
      'ΕE',
      'ΖZ',
      'ΗH',
      'ΙI',
      'ΚK',
      'ΜM',
      'ΝN',
    ],
    ...['ΟO', 'ΡP', 'ΤT', 'ΥY', 'ΧX', 'օo', 'սu', 'ցg', 'հh', 'ոn', 'ıi', 'ȷj', 'ɡg', 'ɑa'],
  ].map((pair) => {
    const [letter = '', latin = ''] = [...pair];
    return [letter, latin] as const;
  }),
);
