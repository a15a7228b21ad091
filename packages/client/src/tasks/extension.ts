import type { CallToolResult, Result } from '@switchyard/wire';
import { IDEMPOTENCY_KEY_META, TASKS_EXTENSION } from '@switchyard/wire';
import { sleep } from '../call/attempts.ts';
import { abortError, ClientError } from '../errors.ts';
import type { ExtensionHost, HostCall } from '../extension.ts';
import type { InputHandlers } from '../input/handlers.ts';
import type { Params } from '../link.ts';
import { Handle, type TaskHandle } from './handle.ts';
import { Ledger } from './ledger.ts';
import type { ResumeOptions, StartOptions, TaskName, TasksExtension, TasksOptions } from './options.ts';
import { readCreated } from './read-task.ts';
import { parseReference, type Reference } from './reference.ts';
import type { TaskState } from './state.ts';
import { shown } from './state.ts';
import { Streams, TASK_NOTIFICATION } from './streams.ts';

/**
 * Lets calls go on as tasks: `createClient({ extensions: [tasks()] })`. `callTool` then waits for the result, however long that takes,
 * answers what the task asks through the client's handlers, and has it cancelled when its signal is aborted. For one client only.
 * Spec: extension io.modelcontextprotocol/tasks.
 */
export function tasks(options: TasksOptions = {}): TasksExtension {
  const extension = new Extension(options);
  return {
    id: TASKS_EXTENSION,
    methods: { 'tasks/get': OWN, 'tasks/update': OWN, 'tasks/cancel': OWN },
    resultTypes: { task: (result, ctx) => extension.settle(result, ctx) },
    // Streams hear of them one by one.
    notifications: { [TASK_NOTIFICATION]: () => undefined },
    install: (host) => extension.install(host),
    start: (name, args, given) => extension.start(name, args, given),
    resume: (reference, given) => extension.resume(reference, given),
  };
}

/** The `meta` of a call by which a server knows a repetition. */
export function idempotencyKey(key: string): { readonly meta: Params } {
  return { meta: { [IDEMPOTENCY_KEY_META]: key } };
}

// ---------------------------------------------------------------------------------------------------------------------

/** All three may be sent again: the first reads, the others change nothing the second time. Tasks: Routing Headers. */
const OWN = { nameParam: 'taskId', repeatable: true };

/** Requests that may become tasks. Tasks: Task-Eligible Requests. */
const ELIGIBLE: ReadonlySet<string> = new Set(['tools/call']);

/** For how long a server is waited for that is told to cancel. */
const CANCEL_MS = 5_000;

class Extension {
  readonly #options: TasksOptions;
  #installed: { readonly host: ExtensionHost; readonly streams: Streams } | undefined;

  constructor(options: TasksOptions) {
    this.#options = options;
  }

  install(host: ExtensionHost): void {
    if (this.#installed !== undefined) throw new TypeError('tasks() serves one client: make one for each.');
    this.#installed = { host, streams: new Streams(host, this.#options.maxStreams ?? 2) };
  }

  /** Waits for the end of a task that a call became. */
  async settle(result: Result, call: HostCall): Promise<Result> {
    const handle = this.#created(result, call, { answers: true });
    const signal = call.options?.signal;
    try {
      return await handle.result(signal === undefined ? {} : { signal });
    } catch (error) {
      if (signal?.aborted !== true) throw error;
      await this.#abandon(handle);
      throw abortError(signal, true);
    }
  }

  async start(
    name: string,
    args: Params | undefined,
    options: StartOptions = {},
  ): Promise<CallToolResult | TaskHandle> {
    const { input = 'auto', handlers, idempotencyKey: key, meta, ...rest } = options;
    const own = key === undefined ? meta : { ...meta, [IDEMPOTENCY_KEY_META]: key };
    const call: HostCall = {
      method: 'tools/call',
      params: args === undefined ? { name } : { name, arguments: args },
      options: own === undefined ? rest : { ...rest, meta: own },
      until: 'task',
    };
    const result = await this.#host().request(call);
    // Checked to be the one or the other.
    if (result.resultType !== 'task') return result as CallToolResult;
    return this.#created(result, call, { answers: input === 'auto', handlers }) as unknown as TaskHandle;
  }

  resume(task: string | TaskName, { input = 'auto', handlers, ...options }: ResumeOptions = {}): TaskHandle {
    const { address } = this.#host();
    const own = { address, method: 'tools/call', keys: {} };
    const { keys, ...reference } = typeof task === 'string' ? parseReference(task) : { ...task, ...own };
    if (reference.address !== address) {
      const message = `This task is one of ${reference.address}; it is not asked for at ${address}.`;
      throw new ClientError('wrong-server', message);
    }
    const call = { method: reference.method, params: { name: reference.name }, options };
    const ledger = new Ledger(this.#maxInputs(), keys);
    const handle = this.#handle({ reference, call, ledger, answers: input === 'auto', handlers }, undefined);
    return handle as unknown as TaskHandle; // its result is held to what tools answer
  }

  #created(result: Result, call: HostCall, who: Who): Handle {
    if (!ELIGIBLE.has(call.method)) {
      const message = `${call.method} must not be answered with a task.`;
      throw new ClientError('invalid-response', message, { mayHaveRun: true });
    }
    const state = shown(readCreated(result));
    const { method, params } = call;
    const { address } = this.#host();
    const reference = { address, taskId: state.taskId, method, name: String(params['name']) };
    const handle = this.#handle({ reference, call, ledger: new Ledger(this.#maxInputs()), ...who }, state);
    this.#tell(state, reference);
    return handle;
  }

  #handle(made: Made, state: TaskState | undefined): Handle {
    const { host, streams } = this.#both();
    const { reference, call, ledger, answers, handlers } = made;
    return new Handle(
      {
        host,
        streams,
        taskId: reference.taskId,
        call,
        ledger,
        answers,
        handlers,
        reference,
        maxOutageMs: this.#options.maxOutageMs ?? 900_000,
        onState: (known) => this.#tell(known, reference),
      },
      state,
    );
  }

  #tell(state: TaskState, { method, name }: Omit<Reference, 'keys'>): void {
    try {
      this.#options.onUpdate?.(state, { method, name });
    } catch (error) {
      this.#host().warn(`A listener to tasks failed: ${String(error)}`);
    }
  }

  /** Has a task cancelled that nobody waits for any more. What the server makes of it is its own affair. */
  async #abandon(handle: Handle): Promise<void> {
    const { environment, closed } = this.#host();
    const told = handle.cancel().catch(() => undefined);
    const late = new AbortController();
    const limit = sleep(CANCEL_MS, environment, AbortSignal.any([late.signal, closed])).catch(
      () => undefined,
    );
    await Promise.race([told, limit]);
    late.abort();
    handle.stop();
  }

  #maxInputs(): number {
    return this.#options.maxInputs ?? 100;
  }

  #host(): ExtensionHost {
    return this.#both().host;
  }

  #both(): { readonly host: ExtensionHost; readonly streams: Streams } {
    if (this.#installed === undefined)
      throw new TypeError('Give tasks() to a client among its extensions first.');
    return this.#installed;
  }
}

/** Who answers the questions of a task. */
interface Who {
  readonly answers: boolean;
  readonly handlers?: InputHandlers | undefined;
}

interface Made extends Who {
  readonly reference: Omit<Reference, 'keys'>;
  readonly call: HostCall;
  readonly ledger: Ledger;
}
