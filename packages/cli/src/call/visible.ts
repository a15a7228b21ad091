// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Text that a terminal shows and does not obey: control characters other than tab and newline become U+FFFD. */
export function visible(text: string): string {
  return text.replace(CONTROL, '\ufffd');
}
