export { idempotencyKey, tasks } from './tasks/extension.ts';
export type { TaskHandle } from './tasks/handle.ts';
export { isTask } from './tasks/handle.ts';
export type { ResumeOptions, StartOptions, TaskName, TasksExtension, TasksOptions } from './tasks/options.ts';
export type { TaskState } from './tasks/state.ts';
