import type { InputRequest, InputResponse, JSONValue } from '@switchyard/wire';

/** Where the steps, questions and progress of a detached call go. */
export interface DetachedRun {
  step(name: string, work: () => JSONValue | Promise<JSONValue>): Promise<JSONValue>;
  ask(question: InputRequest, options?: { readonly key?: string }): Promise<InputResponse>;
  progress(progress: number, total?: number, message?: string): void;
}
