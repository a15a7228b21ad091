import { CLIENT_ERRORS } from '@switchyard/client';
import { table, toPage } from './page.mjs';

/** The text of docs/reference/client-errors.md: everything that a call of the client can fail with. */
export function clientErrorsPage() {
  return toPage('Errors of the client', [
    'A call fails with one of two kinds. A `ProtocolError` is the answer of the server: its `code`, `message` and `data` are the server’s, its `status` the HTTP status that they came with; the codes are those of [errors](errors.md). A `ClientError` arises on this side of the wire: its `code` is one of these.',
    table(
      ['code', 'when', 'may the same call do better later'],
      Object.entries(CLIENT_ERRORS).map(([code, { meaning, retryable }]) => [
        `\`${code}\``,
        meaning,
        retryable ? 'yes' : 'no',
      ]),
    ),
    'Whatever the code, `mayHaveRun` says whether the server may have carried the request out, at this attempt or an earlier one; of a `ProtocolError`, `earlierMayHaveRun` says so of those before it. Where it is true and the call changes something, look before you call again. `status`, `headers` and `retryAfterMs` are there where the server said them, `data` and `cause` where there is more to know.',
  ]);
}
