import { META as META_KEY, NOTIFICATIONS } from '@switchyard/wire';
import { object, type Shape } from './texts.ts';

/** What a text in a message is: the name of a tool or prompt, a URI, a request state, the id of a task or of a stream, or what tells of them. */
export type TextKind = 'name' | 'uri' | 'state' | 'task' | 'subscription' | 'resultType';

type TextShape = Shape<TextKind>;

const NAME: TextShape = { text: 'name' };
const URI: TextShape = { text: 'uri' };
const STATE: TextShape = { text: 'state' };
const TASK: TextShape = { text: 'task' };
const RESULT_TYPE: TextShape = { text: 'resultType' };

/** Both spellings that name the interface of a tool. Spec of MCP Apps: ui resources. */
const META: TextShape = object({ ui: object({ resourceUri: URI }), 'ui/resourceUri': URI });

const RESOURCE: TextShape = object({ uri: URI, _meta: META });

const BLOCK: TextShape = object({ uri: URI, resource: RESOURCE, _meta: META });

/** One block, as in a message of a prompt, or a list of them, as in the result of a tool. */
const CONTENT: TextShape = { ...BLOCK, each: BLOCK };

const CALL: TextShape = object({ content: CONTENT, _meta: META });

const RESULTS: ReadonlyMap<string, TextShape> = new Map([
  [
    'tools/call',
    object({
      resultType: RESULT_TYPE,
      content: CONTENT,
      _meta: META,
      requestState: STATE,
      taskId: TASK,
    }),
  ],
  [
    'prompts/get',
    object({
      resultType: RESULT_TYPE,
      messages: { each: object({ content: CONTENT, _meta: META }) },
      _meta: META,
      requestState: STATE,
    }),
  ],
  [
    'resources/read',
    object({ resultType: RESULT_TYPE, contents: { each: RESOURCE }, _meta: META, requestState: STATE }),
  ],
  ['tasks/get', object({ taskId: TASK, result: CALL })],
]);

const RESPONSES: ReadonlyMap<string, TextShape> = new Map(
  [...RESULTS].map(([method, result]) => [
    method,
    object({ result, error: object({ data: object({ uri: URI }) }) }),
  ]),
);

/** Where the response to a request of that method holds what the federation names otherwise; `undefined` for nowhere. */
export function responseShape(method: string): TextShape | undefined {
  return RESPONSES.get(method);
}

const REQUESTS: ReadonlyMap<string, TextShape> = new Map([
  ['tools/call', object({ params: object({ name: NAME, requestState: STATE }) })],
  ['prompts/get', object({ params: object({ name: NAME, requestState: STATE }) })],
  ['resources/read', object({ params: object({ uri: URI, requestState: STATE }) })],
  ['completion/complete', object({ params: object({ ref: object({ name: NAME, uri: URI }) }) })],
  ['tasks/get', object({ params: object({ taskId: TASK }) })],
  ['tasks/update', object({ params: object({ taskId: TASK }) })],
  ['tasks/cancel', object({ params: object({ taskId: TASK }) })],
]);

/** As `responseShape`, for the request. */
export function requestShape(method: string): TextShape | undefined {
  return REQUESTS.get(method);
}

const STREAM_META: TextShape = object({ [META_KEY.subscriptionId]: { any: 'subscription' } });

const STREAMED: ReadonlyMap<string, TextShape> = new Map([
  [NOTIFICATIONS.resourceUpdated, object({ params: object({ _meta: STREAM_META, uri: URI }) })],
  ['notifications/tasks', object({ params: object({ _meta: STREAM_META, taskId: TASK, result: CALL }) })],
]);

/** As `responseShape`, for what comes on a stream of notifications and names one thing. */
export function streamedShape(method: string): TextShape | undefined {
  return STREAMED.get(method);
}
