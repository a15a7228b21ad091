import { Environment, EvaluationError } from '@marcbachmann/cel-js';
import { AnnotationFacts, CallerFacts, RequestFacts, ServerFacts, ToolFacts } from '../facts.ts';
import type { PatternBook } from './pattern.ts';

/** Bounds on an expression: its length in UTF-16 units, and its tree. */
export const EXPRESSION_LIMITS: {
  readonly length: number;
  readonly nodes: number;
  readonly depth: number;
  readonly nestedMacros: number;
} = Object.freeze({ length: 4096, nodes: 500, depth: 32, nestedMacros: 2 });

/** What `matches` is called once its pattern has been compiled for linear time. */
export const LINEAR_MATCHES = 'matchesInLinearTime';

/** The variables and functions of rules, with their types. Making one is expensive: one serves a whole policy. */
export function ruleEnvironment(patterns: PatternBook): Environment {
  const { nodes, depth } = EXPRESSION_LIMITS;
  return new Environment({ limits: { maxAstNodes: nodes, maxDepth: depth } })
    .registerType('Caller', {
      ctor: CallerFacts,
      fields: {
        ...{ by: 'string', issuer: 'string', subject: 'string', client: 'string', tenant: 'string' },
        ...{ scopes: 'list<string>', claims: 'map<string, dyn>' },
      },
    })
    .registerType('Request', {
      ctor: RequestFacts,
      fields: {
        ...{ method: 'string', name: 'string', door: 'string', version: 'string' },
        params: 'map<string, string>',
      },
    })
    .registerType('Server', { ctor: ServerFacts, fields: { name: 'string', labels: 'map<string, string>' } })
    .registerType('Annotations', {
      ctor: AnnotationFacts,
      fields: {
        ...{ readOnlyHint: 'bool', destructiveHint: 'bool', idempotentHint: 'bool', openWorldHint: 'bool' },
      },
    })
    .registerType('Tool', { ctor: ToolFacts, fields: { name: 'string', annotations: 'Annotations' } })
    .registerVariable('caller', 'Caller')
    .registerVariable('request', 'Request')
    .registerVariable('server', 'Server')
    .registerVariable('tool', 'Tool')
    .registerVariable('args', 'map<string, dyn>')
    .registerFunction(`string.${LINEAR_MATCHES}(string): bool`, (text: string, pattern: string) => {
      const found = patterns.test(pattern, text);
      if (found === undefined) throw new EvaluationError('The text is too long for a pattern');
      return found;
    });
}
