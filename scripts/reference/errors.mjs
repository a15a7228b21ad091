import { REFUSALS } from '@switchyard/gateway';
import { ERROR_MEANINGS, ERRORS } from '@switchyard/wire';
import { broken, ladder } from './ladder.mjs';
import { specification, table, toPage } from './page.mjs';

/** The text of docs/reference/errors.md: every error that a server or the gateway answers with. */
export function errorsPage() {
  return toPage('Errors', [
    `A request is refused with one JSON-RPC error. Its code says what is wrong; tell errors apart by it, never by the message. See ${specification('basic/index#error-codes')}.`,
    '## Codes',
    table(
      ['code', 'name', 'HTTP status', 'sent when', 'may the same request succeed later'],
      Object.values(ERRORS).map(codeRow),
    ),
    '-32021 carries `data.requiredCapabilities`, -32022 `data.supported` and `data.requested`. What a handler throws, unless it is a `ToolError` or a `ProtocolError`, becomes -32603 (for a tool, an `isError` result) with a reference and nothing else; the same reference stands in what `onError` is given. Errors of your own have codes outside -32768 to -32000.',
    'The HTTP status is that of an answer that is this error and nothing else. An error at the end of a stream comes with the 200 of the stream.',
    '## HTTP refusals of the server',
    'Where HTTP has a word of its own for what is wrong, the status is that word and not the one of the code. The steps are those of [how a request walks](lifecycle.md).',
    table(['HTTP status', 'code', 'step', 'sent when'], httpRows()),
    'A path other than that of the endpoint is answered by `serve` with 404 and a line of text; a notification that was accepted with 202 and no body.',
    "## The gateway's own answers",
    'What an upstream server answers is passed on as it is. Where the gateway answers by itself, `error.data` has `source: "gateway"`, the `reason`, and `mayHaveRun`: whether the request may have reached a server, so that sending it again may do something twice. The two reasons whose form the specification gives, `header-mismatch` and `unsupported-version`, have the form that it gives.',
    table(
      ['reason', 'HTTP status', 'code', 'message', 'may have run', '`Retry-After`'],
      Object.entries(REFUSALS).map(gatewayRow),
    ),
  ]);
}

// ---

function codeRow({ code, name, httpStatus, retryable }) {
  return [code, name, httpStatus, ERROR_MEANINGS[name], retryable ? 'yes' : 'no'];
}

/** Every refusal whose status is not the one of its code. */
function httpRows() {
  return [broken(), ...ladder()]
    .flatMap(({ name, rejections }) => rejections.map((rejection) => ({ name, ...rejection })))
    .filter(({ status, error }) => status !== ERRORS[error].httpStatus)
    .sort((a, b) => a.status - b.status)
    .map(({ name, status, error, when }) => [
      status,
      ERRORS[error].code,
      name === 'broken' ? '' : `\`${name}\``,
      when,
    ]);
}

function gatewayRow([reason, { status, code, message, mayHaveRun, retryAfter }]) {
  return [
    `\`${reason}\``,
    status,
    code,
    message,
    mayHaveRun ? 'yes' : 'no',
    retryAfter === undefined ? '' : `${retryAfter} s`,
  ];
}
