import { type ConfigPath, type ConfigProblem, formatPath } from '../config/problem.ts';
import type { ConfigSchemaNode } from '../config/schema-node.ts';
import { ExpressionCompiler, type ExpressionProblem, isExpressionProblem } from './expression/compile.ts';

/** Who may do what. */
export interface PolicyConfig {
  readonly default: PolicyEffect;
  readonly rules?: readonly PolicyRuleConfig[];
  readonly dryRun?: boolean;
  readonly body?: PolicyBody;
}

/** What a rule does with the requests that it matches. */
export type PolicyEffect = 'allow' | 'deny';

/** When the body of a request is read and held against its headers. */
export type PolicyBody = 'as-needed' | 'always';

/** One rule. */
export interface PolicyRuleConfig {
  readonly name: string;
  readonly effect: PolicyEffect;
  /** A CEL expression over `caller`, `request`, `server`, `tool` and `args`. */
  readonly when: string;
}

/** A policy made ready to be compiled. Its expressions have been checked. */
export interface PolicyPlan {
  readonly default: PolicyEffect;
  readonly rules: readonly PolicyRuleConfig[];
  readonly dryRun: boolean;
  readonly body: PolicyBody;
}

const EFFECT: ConfigSchemaNode = { title: 'allow or deny', type: 'string', enum: ['allow', 'deny'] };

/** The schema of `policy`. */
export const POLICY: ConfigSchemaNode = {
  title: 'a mapping with at least default',
  description:
    'Who may do what. A denied tool, prompt or resource is absent from lists and unknown when asked for; any other denied method is answered 403. Without this key everything is allowed.',
  type: 'object',
  additionalProperties: false,
  required: ['default'],
  properties: {
    default: {
      ...EFFECT,
      description: 'What becomes of a request that no rule matches.',
    },
    rules: {
      title: 'a list of rules',
      description:
        'A request is denied where any `deny` rule matches, whatever the others say; otherwise allowed where an `allow` rule matches; otherwise `default` decides. The order decides only which rule is named in records: the first that matches.',
      type: 'array',
      maxItems: 1000,
      items: {
        title: 'a rule with name, effect and when',
        type: 'object',
        additionalProperties: false,
        required: ['name', 'effect', 'when'],
        properties: {
          name: {
            title: 'a name of 1 to 64 letters, digits, ".", "_" or "-", starting with a letter or digit',
            description: 'What records and tests call the rule.',
            type: 'string',
            pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
          },
          effect: { ...EFFECT, description: 'What the rule does with the requests it matches.' },
          when: {
            title: 'a CEL expression',
            description:
              'A CEL expression over `caller`, `request`, `server`, `tool` and `args` that gives true or false. A `deny` rule that fails (a claim that is not there, for one) denies; an `allow` rule that fails does not allow.',
            type: 'string',
            minLength: 1,
            maxLength: 4096,
          },
        },
      },
    },
    dryRun: {
      title: 'true or false',
      description: 'Lets everything through and puts on record what would have been denied.',
      type: 'boolean',
      default: false,
    },
    body: {
      title: 'as-needed or always',
      description:
        'When the body is read and held against the headers that rules have judged: where a rule needs arguments, or always. Servers of this revision have to compare the two themselves; `always` is for servers that do not.',
      type: 'string',
      enum: ['as-needed', 'always'],
      default: 'as-needed',
    },
  },
};

/** The plan of a policy; what is wrong with its rules is added to `problems`. */
export function compilePolicy(config: PolicyConfig, problems: ConfigProblem[]): PolicyPlan {
  const rules = config.rules ?? [];
  const compiler = new ExpressionCompiler();
  const seen = new Set<string>();
  for (const [i, rule] of rules.entries()) {
    const at: ConfigPath = ['policy', 'rules', i];
    if (seen.has(rule.name))
      problems.push({
        path: [...at, 'name'],
        message: `${formatPath(at)} has the name "${rule.name}", which another rule has`,
      });
    seen.add(rule.name);
    if (rule.effect === 'allow' && config.default === 'allow')
      problems.push({
        path: [...at, 'effect'],
        message: `${formatPath(at)} allows what policy.default allows already; it would never decide anything`,
      });
    const expression = compiler.compile(rule.when);
    if (isExpressionProblem(expression)) problems.push(inRule(expression, rule, at));
  }
  const { dryRun = false, body = 'as-needed' } = config;
  return { default: config.default, rules, dryRun, body };
}

// ---

function inRule({ why, start }: ExpressionProblem, rule: PolicyRuleConfig, at: ConfigPath): ConfigProblem {
  const before = rule.when.slice(0, start).split('\n');
  const line = before.length;
  const column = (before.at(-1)?.length ?? 0) + 1;
  const place = rule.when.includes('\n') ? `line ${line}, column ${column}` : `column ${column}`;
  return {
    path: [...at, 'when'],
    message: `${formatPath([...at, 'when'])} (rule "${rule.name}", ${place} of the expression) ${why}`,
  };
}
