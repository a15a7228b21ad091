export type { Definition, DefinitionContext } from './serve/definition.ts';
