import { assertOrder, functionDoc, namesInArray, readSource } from './source.mjs';

const FOLDER = 'packages/server/src';

/**
 * The steps that a request takes through the server, in order: name, prose, whether stdio skips it, and what each refuses with.
 * The two lists of rungs are the server's own; what stands around them is checked against the core.
 */
export function ladder() {
  const core = readSource(`${FOLDER}/core.ts`);
  const head = readSource(`${FOLDER}/ladder/head-rungs.ts`);
  const body = readSource(`${FOLDER}/ladder/body-rungs.ts`);
  const dispatch = readSource(`${FOLDER}/dispatch.ts`);
  assertOrder(core, [
    'broken(',
    'parse(walk',
    'function open(',
    'admit(walk)',
    'of HEAD_RUNGS',
    'identify(walk)',
  ]);
  assertOrder(core, ['function serveMessage(', 'of BODY_RUNGS', 'dispatch(walk)']);
  assertOrder(dispatch, ['function dispatch(', 'function answer(', 'encode(walk']);
  return [
    step(core, 'admit', true),
    ...namesInArray(head, 'HEAD_RUNGS').map((name) => step(head, name, true)),
    step(head, 'identify', true),
    step(body, 'parse', false),
    ...namesInArray(body, 'BODY_RUNGS').map((name) => step(body, name, name === 'headersAgree')),
    step(dispatch, 'dispatch', false),
    step(dispatch, 'encode', false),
  ];
}

/** What is answered where the definitions cannot be compiled. */
export function broken() {
  return step(readSource(`${FOLDER}/core.ts`), 'broken', false);
}

// ---

function step(source, name, httpOnly) {
  const { prose, tags } = functionDoc(source, name);
  const rejections = tags
    .filter((tag) => tag.name === 'rejects')
    .map(({ value }) => rejection(source, name, value));
  if (rejections.length === 0) throw new Error(`${source.file}: ${name} does not say what it rejects with`);
  return { name, prose, httpOnly, rejections };
}

function rejection({ file }, name, value) {
  const [, status, error, when] = /^(\d{3}) ([A-Z]\w+)(.*)$/.exec(value) ?? [];
  if (status === undefined)
    throw new Error(`${file}: ${name} rejects with '${value}', which is no status and error`);
  return { status: Number(status), error, when: when.replace(/^,/, '').trim() };
}
