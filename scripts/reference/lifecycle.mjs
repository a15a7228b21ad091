import { ERRORS } from '@switchyard/wire';
import { ladder } from './ladder.mjs';
import { specification, table, toPage } from './page.mjs';

/** The text of docs/reference/lifecycle.md: how a request walks through the server. */
export function lifecyclePage() {
  const steps = ladder();
  const rows = steps.map(({ name, prose, rejections }, index) => [
    index + 1,
    `\`${name}\``,
    prose,
    rejections.map(refusal).join('<br>'),
  ]);
  const skipped = steps.filter(({ httpOnly }) => httpOnly).map(({ name }) => `\`${name}\``);
  return toPage('How a request walks', [
    'Every request climbs one ladder. Each step lets it go on or refuses it, once, and nothing after a refusal runs. The order is part of the behaviour: what is cheap and needs no body comes first, who is calling is settled before the body is read, and a handler runs only when everything has been agreed on.',
    `\`\`\`\n${picture(steps)}\n\`\`\``,
    table(['', 'step', 'what it sees to', 'refused with'], rows),
    `Over stdio there are no headers and no other callers: ${skipped.join(', ')} are skipped there, and HTTP statuses mean nothing.`,
    'Before the first step, a server with `allowedOrigins` answers the CORS preflights of those origins, and lets their pages read whatever the answer will be, refusals included. For any other page nothing is added, and its preflights are refused like any request that is not a POST.',
    'A refusal is a JSON-RPC error, with the id of the request wherever it could be read, under the HTTP status above; see [errors](errors.md). Once a handler has sent a notification the answer is a stream: its status is 200, and an error is its last event.',
    `The steps about the message are those of the specification: ${specification('basic/transports/streamable-http')}, ${specification('basic/versioning')}.`,
  ]);
}

// ---

function refusal({ status, error, when }) {
  const { code } = ERRORS[error];
  return `${status}, ${code}${when === '' ? '' : ` ${when}`}`;
}

/** The ladder in one line for each run of steps between two events. */
function picture(steps) {
  const names = steps.map(({ name }) => name);
  const [body, work] = [names.indexOf('parse'), names.indexOf('dispatch')];
  const cut = (from, to) => names.slice(from, to).join(' → ');
  return [
    `head of the request    ${cut(0, body)}`,
    `body of the request    ${cut(body, work)}`,
    `the work               ${cut(work)}`,
  ].join('\n');
}
