import type { InferOutput, SchemaInput } from '@switchyard/schema';
import type { GetPromptResult, Icon, InputRequiredResult, MetaObject } from '@switchyard/wire';
import type { RequestContext } from '../context/request-context.ts';
import type { Visibility } from '../identity/visibility.ts';
import type { InputRequired } from '../input/input-required.ts';
import type { Completers } from './completion.ts';

/** One argument of a prompt; its value is always a string. */
export interface PromptArgumentDefinition {
  readonly title?: string;
  readonly description?: string;
  /** @default false */
  readonly required?: boolean;
}

/**
 * A prompt as its author declares it.
 * See https://modelcontextprotocol.io/specification/2026-07-28/server/prompts#prompt.
 */
export interface PromptDefinition<Args extends PromptArguments | undefined = PromptArguments | undefined> {
  readonly title?: string;
  readonly description?: string;
  /** Arguments by name, or a Standard Schema of an object whose properties are the arguments. */
  readonly argsSchema?: Args;
  readonly icons?: readonly Icon[];
  readonly _meta?: MetaObject;
  /** Who may see and get the prompt. @default everyone */
  readonly visible?: Visibility;
  /** Suggestions for arguments, by argument name. */
  readonly complete?: Completers;
}

/** How a prompt's arguments may be declared. */
export type PromptArguments = Readonly<Record<string, PromptArgumentDefinition>> | StandardArguments;

/** A schema object that carries `~standard`. */
export type StandardArguments = Extract<SchemaInput, { readonly '~standard': unknown }>;

/** What a prompt may return: a text (one user message), or the messages in full. */
export type PromptReturn = string | PromptMessages | InputRequired | InputRequiredResult;

/** The messages of a prompt; its own description stands in where none is given. */
export type PromptMessages = Pick<GetPromptResult, 'messages'> &
  Partial<Pick<GetPromptResult, 'description' | '_meta'>>;

/** Answers `prompts/get`. Without arguments the context comes first. */
export type PromptHandler<Args extends PromptArguments | undefined> = Args extends StandardArguments
  ? (args: InferOutput<Args>, ctx: RequestContext) => PromptReturn | Promise<PromptReturn>
  : Args extends Readonly<Record<string, PromptArgumentDefinition>>
    ? (args: ArgumentValues<Args>, ctx: RequestContext) => PromptReturn | Promise<PromptReturn>
    : (ctx: RequestContext) => PromptReturn | Promise<PromptReturn>;

type ArgumentValues<Args> = {
  readonly [Name in keyof Args as Args[Name] extends { readonly required: true } ? Name : never]: string;
} & {
  readonly [Name in keyof Args as Args[Name] extends { readonly required: true } ? never : Name]?: string;
};
