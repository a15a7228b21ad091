const UI = 'ui://';

/**
 * The URI, or URI template, of a server as callers of the federation see it. `ui://x` becomes `ui://<label>/x`, so that it
 * stays what hosts look for; everything else becomes `<label>+x`, which is a URI again where `x` was one, and a template with
 * the same variables where it was a template. The empty label changes nothing.
 */
export function qualifyUri(label: string, uri: string): string {
  if (label === '') return uri;
  return uri.startsWith(UI) ? `${UI}${label}/${uri.slice(UI.length)}` : `${label}+${uri}`;
}

/** The label that a URI or template seems to bear; whether a server has it is for the caller to see. */
export function labelIn(uri: string): string | undefined {
  if (uri.startsWith(UI)) {
    const end = uri.indexOf('/', UI.length);
    return end === -1 ? undefined : uri.slice(UI.length, end);
  }
  const end = uri.indexOf('+');
  return end > 0 ? uri.slice(0, end) : undefined;
}

/** Takes the label that `labelIn` has found off again. */
export function unqualifyUri(label: string, uri: string): string {
  return uri.startsWith(UI) ? UI + uri.slice(UI.length + label.length + 1) : uri.slice(label.length + 1);
}
