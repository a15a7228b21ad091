// Durable tasks for MCP (extension `io.modelcontextprotocol/tasks`): long work that survives crashes and runs on any instance.
//
// Glossary. task: one request that is being worked on, with a status that its owner can ask for. owner: the principal that
// made it, as a digest. instance: one process with a server and an engine. worker: an engine, as the store knows it. claim:
// to take a task that is due. lease: the right to work on a task, for a while; heartbeats prolong it. token: the number of a
// lease; it grows with every claim, and a write with an older one changes nothing. take-over: a claim of a task whose lease
// is over, since its worker died or froze. run: one pass of a handler, from the top. step: a piece of a run whose result is
// kept, so that later runs do not do it again. question: an input request of a task; answer: what the caller says to it.
// ledger: all questions of a task and their answers. suspended: waiting for answers, with no worker. parked: suspended, with
// the run still in memory in case that the answers come soon. attempt: a run that failed, or whose worker died. sweep: to
// fail what has expired and remove what need not be kept.

export type { TaskEngine } from './engine/engine.ts';
export { createTaskEngine } from './engine/engine.ts';
export type { TaskEnvironment } from './engine/environment.ts';
export type { InterruptCode, TaskLimitCode } from './engine/errors.ts';
export { TaskInterrupted, TaskLimitError } from './engine/errors.ts';
export type { TaskEngineOptions, TaskErrorInfo, TaskLimits } from './engine/options.ts';
export type { Backoff, TaskPolicy } from './engine/policy.ts';
export type { TaskCreation, TaskRequest } from './engine/request.ts';
export type { QuestionOptions, StepContext, TaskHandler, TaskRun } from './engine/task-run.ts';
export type { TasksExtension, TasksOptions } from './server/extension.ts';
export { tasks } from './server/extension.ts';
export type { TaskContext, TaskQuestions } from './server/task-of.ts';
export { taskOf } from './server/task-of.ts';
export type { TaskToolOptions, TaskToolSettings } from './server/tool-option.ts';
export { runsAsTask } from './server/tool-option.ts';
export type {
  JsonText,
  Lease,
  NewTask,
  OpenQuestion,
  Outcome,
  Question,
  TaskDossier,
  TaskSnapshot,
  TaskState,
} from './state/row.ts';
export { EXPIRED } from './state/row.ts';
export type { TerminalStatus } from './state/status.ts';
export { canMove, isTerminal, TRANSITIONS } from './state/status.ts';
export type { MemoryTaskStoreOptions } from './store/memory.ts';
export { memoryTaskStore } from './store/memory.ts';
export type { TaskStore } from './store/store.ts';
export type {
  Answer,
  Answered,
  Ask,
  Asked,
  Cancel,
  CancelOutcome,
  ClaimableTool,
  ClaimResult,
  ClaimWish,
  Created,
  CreateLimits,
  Finish,
  Heartbeat,
  ListWish,
  PruneWish,
  Report,
  Retry,
  StepWrite,
  StoreCapabilities,
  SweepWish,
  Swept,
  TaskChange,
  TaskPage,
  ToolStats,
} from './store/verbs.ts';
