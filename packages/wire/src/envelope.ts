import { type Rejection, reject } from './errors.ts';
import { META } from './meta-keys.ts';
import { isTraceparent } from './trace.ts';
import type { ClientCapabilities } from './types/capabilities.ts';
import type { Implementation, LoggingLevel, ProgressToken } from './types/common.ts';
import { isObject } from './walk.ts';

/** What a request says of itself in `_meta`. Spec: basic/index#meta. */
export interface Envelope {
  protocolVersion: string;
  /** Self-reported: for display and logs, never for decisions. */
  clientInfo?: Implementation;
  clientCapabilities: ClientCapabilities;
  logLevel?: LoggingLevel;
  progressToken?: ProgressToken;
  trace?: TraceContext;
}

/** W3C trace context as it travels in `_meta`. */
export interface TraceContext {
  traceparent?: string;
  /** Only beside a `traceparent`. */
  tracestate?: string;
  baggage?: string;
}

/** What `readEnvelope` found. */
export type EnvelopeOutcome = { ok: true; envelope: Envelope } | { ok: false; rejection: Rejection };

/** The log levels, from the least severe to the most. Spec: server/utilities/logging#log-levels. */
export const LOGGING_LEVELS: readonly LoggingLevel[] = Object.freeze([
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
]);

/** Whether the value is a log level. */
export function isLoggingLevel(value: unknown): value is LoggingLevel {
  return (LOGGING_LEVELS as readonly unknown[]).includes(value); // widened so that any value can be looked for
}

/**
 * Reads the `_meta` of a request's params. A required field that is missing, and any field of the wrong type, is −32602 with
 * HTTP 400, naming the field. Trace context that is malformed is left out instead, as W3C Trace Context has it. The version
 * is not judged here. Spec: basic/index#meta.
 */
export function readEnvelope(params: { [key: string]: unknown } | undefined): EnvelopeOutcome {
  const meta = params?.['_meta'];
  if (meta === undefined) return refuse('params._meta is missing');
  if (!isObject(meta)) return refuse('params._meta must be an object');
  const protocolVersion = meta[META.protocolVersion];
  if (typeof protocolVersion !== 'string') return refuse(faultOf(meta, META.protocolVersion, 'a string'));
  const clientCapabilities = meta[META.clientCapabilities];
  if (!isObject(clientCapabilities)) return refuse(faultOf(meta, META.clientCapabilities, 'an object'));
  const badCapability = capabilityFault(clientCapabilities);
  if (badCapability !== undefined) return refuse(badCapability);
  const envelope: Envelope = { protocolVersion, clientCapabilities };
  const fault = readOptional(meta, envelope);
  return fault === undefined ? { ok: true, envelope } : refuse(fault);
}

/** Whether the value is an `Implementation`. Spec: schema#implementation. */
export function isImplementation(value: unknown): value is Implementation {
  if (!isObject(value) || typeof value['name'] !== 'string' || typeof value['version'] !== 'string')
    return false;
  for (const key of ['title', 'description', 'websiteUrl']) if (!isOptionalString(value[key])) return false;
  const { icons } = value;
  return icons === undefined || (Array.isArray(icons) && icons.every(isIcon));
}

const MAX_TRACE_LENGTH = 8192;

function readOptional(meta: Record<string, unknown>, envelope: Envelope): string | undefined {
  const clientInfo = meta[META.clientInfo];
  if (clientInfo !== undefined) {
    if (!isImplementation(clientInfo))
      return `params._meta["${META.clientInfo}"] must hold name and version as strings`;
    envelope.clientInfo = clientInfo;
  }
  const logLevel = meta[META.logLevel];
  if (logLevel !== undefined) {
    if (!isLoggingLevel(logLevel))
      return `params._meta["${META.logLevel}"] must be one of ${LOGGING_LEVELS.join(', ')}`;
    envelope.logLevel = logLevel;
  }
  const progressToken = meta[META.progressToken];
  if (progressToken !== undefined) {
    if (typeof progressToken !== 'string' && !isInteger(progressToken)) {
      return 'params._meta.progressToken must be a string or an integer';
    }
    envelope.progressToken = progressToken;
  }
  const trace = readTrace(meta);
  if (trace !== undefined) envelope.trace = trace;
  return undefined;
}

function readTrace(meta: Record<string, unknown>): TraceContext | undefined {
  const { traceparent, tracestate, baggage } = meta;
  if (traceparent === undefined && baggage === undefined) return undefined;
  const trace: TraceContext = {};
  if (isTraceparent(traceparent)) {
    trace.traceparent = traceparent;
    if (isHeaderText(tracestate)) trace.tracestate = tracestate;
  }
  if (isHeaderText(baggage)) trace.baggage = baggage;
  return trace.traceparent === undefined && trace.baggage === undefined ? undefined : trace;
}

function capabilityFault(capabilities: Record<string, unknown>): string | undefined {
  for (const name in capabilities) {
    if (!KNOWN_CAPABILITIES.has(name)) continue;
    const capability = capabilities[name];
    const path = `params._meta["${META.clientCapabilities}"].${name}`;
    if (!isObject(capability)) return `${path} must be an object`;
    for (const inner in capability) {
      if (!isObject(capability[inner]) && name !== 'roots')
        return `${path}[${JSON.stringify(inner)}] must be an object`;
    }
  }
  return undefined;
}

// `roots` may hold what earlier revisions put there (`listChanged`), so its members are left alone.
const KNOWN_CAPABILITIES: ReadonlySet<string> = new Set([
  'experimental',
  'roots',
  'sampling',
  'elicitation',
  'extensions',
]);

function isIcon(icon: unknown): boolean {
  if (!isObject(icon) || typeof icon['src'] !== 'string' || !isOptionalString(icon['mimeType'])) return false;
  const { sizes, theme } = icon;
  if (theme !== undefined && theme !== 'light' && theme !== 'dark') return false;
  return sizes === undefined || (Array.isArray(sizes) && sizes.every((size) => typeof size === 'string'));
}

function isOptionalString(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

function isInteger(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}

function isHeaderText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_TRACE_LENGTH && /^[\x20-\x7e]+$/.test(value);
}

function faultOf(meta: Record<string, unknown>, key: string, wanted: string): string {
  return `params._meta["${key}"] ${meta[key] === undefined ? 'is missing' : `must be ${wanted}`}`;
}

function refuse(reason: string): EnvelopeOutcome {
  return { ok: false, rejection: { ...reject('InvalidParams', `Invalid params: ${reason}`), status: 400 } };
}
