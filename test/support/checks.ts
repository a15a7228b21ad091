import { readFileSync } from 'node:fs';
import {
  CallToolResultSchema,
  CancelledNotificationSchema,
  CompleteResultSchema,
  DiscoverResultSchema,
  GetPromptResultSchema,
  JSONRPCMessageSchema,
  ListPromptsResultSchema,
  ListResourcesResultSchema,
  ListResourceTemplatesResultSchema,
  ListToolsResultSchema,
  LoggingMessageNotificationSchema,
  ProgressNotificationSchema,
  PromptListChangedNotificationSchema,
  ReadResourceResultSchema,
  ResourceListChangedNotificationSchema,
  ResourceUpdatedNotificationSchema,
  ResultSchema,
  SubscriptionsAcknowledgedNotificationSchema,
  SubscriptionsListenResultSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/core';
import {
  CancelTaskResultV2Schema,
  CreateTaskResultV2Schema,
  GetTaskResultV2Schema,
  TaskStatusNotificationV2Schema,
  UpdateTaskResultV2Schema,
} from '@modelcontextprotocol/ext-tasks/core/v2';
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Message } from './messages.ts';

/**
 * Holds a message of ours to what others wrote: the official schemas, and the JSON Schema of the specification.
 * Throws with the message and what is wrong with it. `method` is that of the request in hand.
 */
export function checkMessage(message: Message, method: string): void {
  JSONRPCMessageSchema.parse(message);
  hold('JSONRPCMessage', message);
  if (message.method !== undefined) checkNotification(message);
  else if (message.error !== undefined) checkError(message, message.error.code);
  else checkResult(message, method);
}

interface Official {
  parse(value: unknown): unknown;
}

const NOTIFICATIONS: Readonly<Record<string, readonly [definition: string, official: Official]>> = {
  'notifications/cancelled': ['CancelledNotification', CancelledNotificationSchema],
  'notifications/progress': ['ProgressNotification', ProgressNotificationSchema],
  'notifications/message': ['LoggingMessageNotification', LoggingMessageNotificationSchema],
  'notifications/resources/updated': ['ResourceUpdatedNotification', ResourceUpdatedNotificationSchema],
  'notifications/resources/list_changed': [
    'ResourceListChangedNotification',
    ResourceListChangedNotificationSchema,
  ],
  'notifications/tools/list_changed': ['ToolListChangedNotification', ToolListChangedNotificationSchema],
  'notifications/prompts/list_changed': [
    'PromptListChangedNotification',
    PromptListChangedNotificationSchema,
  ],
  'notifications/subscriptions/acknowledged': [
    'SubscriptionsAcknowledgedNotification',
    SubscriptionsAcknowledgedNotificationSchema,
  ],
};

const RESULTS: Readonly<Record<string, readonly [definition: string, official: Official]>> = {
  'server/discover': ['DiscoverResult', DiscoverResultSchema],
  'tools/list': ['ListToolsResult', ListToolsResultSchema],
  'tools/call': ['CallToolResult', CallToolResultSchema],
  'resources/list': ['ListResourcesResult', ListResourcesResultSchema],
  'resources/templates/list': ['ListResourceTemplatesResult', ListResourceTemplatesResultSchema],
  'resources/read': ['ReadResourceResult', ReadResourceResultSchema],
  'prompts/list': ['ListPromptsResult', ListPromptsResultSchema],
  'prompts/get': ['GetPromptResult', GetPromptResultSchema],
  'completion/complete': ['CompleteResult', CompleteResultSchema],
  'subscriptions/listen': ['SubscriptionsListenResult', SubscriptionsListenResultSchema],
};

/** The same for the Tasks extension, by its own package. */
const TASK_RESULTS: Readonly<Record<string, Official>> = {
  'tasks/get': GetTaskResultV2Schema,
  'tasks/update': UpdateTaskResultV2Schema,
  'tasks/cancel': CancelTaskResultV2Schema,
};

const ERRORS: Readonly<Record<number, string>> = {
  [-32020]: 'HeaderMismatchError',
  [-32021]: 'MissingRequiredClientCapabilityError',
  [-32022]: 'UnsupportedProtocolVersionError',
};

function checkNotification(message: Message): void {
  if ('id' in message) throw fault(message, 'a server sends no requests, and notifications have no id');
  if (message.method === 'notifications/tasks') TaskStatusNotificationV2Schema.parse(message);
  const known = NOTIFICATIONS[message.method ?? ''];
  if (known === undefined) return;
  known[1].parse({ method: message.method, params: message.params });
  hold(known[0], message);
}

function checkResult(message: Message, method: string): void {
  hold('JSONRPCResultResponse', message);
  ResultSchema.parse(message.result);
  const { resultType } = message.result ?? {};
  if (resultType === 'input_required') hold('InputRequiredResult', message.result);
  if (resultType === 'task') CreateTaskResultV2Schema.parse(message.result);
  TASK_RESULTS[method]?.parse(message.result);
  const known = RESULTS[method];
  if (resultType !== 'complete' || known === undefined) return;
  known[1].parse(message.result);
  hold(known[0], message.result);
}

/** Codes that may be seen on the wire, and the shape that goes with some of them. */
function checkError(message: Message, code: number): void {
  hold('JSONRPCErrorResponse', message);
  const definition = ERRORS[code];
  if (definition !== undefined) hold(definition, message);
  else if (code >= -32099 && code <= -32000) throw fault(message, 'the code is reserved');
  if (message.error?.message.includes('\n')) throw fault(message, 'an error message is one sentence');
}

const schemaUrl = new URL('./generated/schema-2026-07-28.json', import.meta.url);
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema(JSON.parse(readFileSync(schemaUrl, 'utf8')), 'mcp');
const validators = new Map<string, ValidateFunction>();

function hold(definition: string, value: unknown): void {
  const validate = validators.get(definition) ?? ajv.compile({ $ref: `mcp#/$defs/${definition}` });
  validators.set(definition, validate);
  if (!validate(value)) throw fault(value, `not a ${definition}: ${ajv.errorsText(validate.errors)}`);
}

const fault = (message: unknown, what: string): Error =>
  new Error(`${what}\n${JSON.stringify(message, undefined, 2)}`);
