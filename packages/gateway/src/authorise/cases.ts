import { readDocument } from '../config/document.ts';
import { ConfigError } from '../config/problem.ts';
import type { ConfigSchemaNode } from '../config/schema-node.ts';
import { validateAs } from '../config/validate.ts';
import type { Plan } from '../plan/plan.ts';
import { askPolicy, type PolicyAnswer, type PolicyQuestion } from './question.ts';

/** One row of a table that a policy is tested with. */
export interface PolicyCase extends PolicyQuestion {
  readonly name: string;
  readonly expect: 'allowed' | 'denied';
  /** The rule that has to decide; `default` or `possible` where none has to. @default any */
  readonly rule?: string;
}

/** How a policy did in one case. */
export interface PolicyCaseOutcome {
  readonly name: string;
  readonly passed: boolean;
  readonly expected: string;
  readonly answer: PolicyAnswer;
}

/** Reads a table of cases. Throws `ConfigError` naming file, line, column and key of every problem. */
export function parsePolicyCases(text: string, file?: string): readonly PolicyCase[] {
  const { value, located } = readDocument(text, file);
  const checked = validateAs<{ readonly cases: readonly PolicyCase[] }>(CASES, value);
  if (!checked.ok) throw new ConfigError(checked.problems.map(located), file);
  return checked.value.cases;
}

/** Puts each case to the policy of a plan. Throws `TypeError`, naming the case, for one that cannot be asked. */
export function testPolicy(plan: Plan, cases: readonly PolicyCase[]): readonly PolicyCaseOutcome[] {
  return cases.map((one) => {
    const answer = ask(plan, one);
    const decided = answer.rule ?? answer.because;
    const passed = answer.outcome === one.expect && (one.rule === undefined || one.rule === decided);
    const expected = one.rule === undefined ? one.expect : `${one.expect} by ${one.rule}`;
    return { name: one.name, passed, expected, answer };
  });
}

// ---

function ask(plan: Plan, one: PolicyCase): PolicyAnswer {
  try {
    return askPolicy(plan, one);
  } catch (error) {
    if (error instanceof TypeError) throw new TypeError(`case "${one.name}": ${error.message}`);
    throw error;
  }
}

const text = (title: string, description: string): ConfigSchemaNode => ({
  ...{ title, description, type: 'string', maxLength: 4096 },
});
const mapping = (title: string, description: string): ConfigSchemaNode => ({
  title,
  description,
  type: 'object',
});
const texts: ConfigSchemaNode = {
  title: 'a list of texts',
  description: 'What the credentials permit.',
  type: 'array',
  items: { title: 'a text', type: 'string' },
};

const CALLER: ConfigSchemaNode = {
  title: 'a caller',
  description: 'Who asks; nobody where it is left out.',
  type: 'object',
  additionalProperties: false,
  properties: {
    by: {
      title: 'token, api-key, certificate or nobody',
      description: 'What vouches for the subject.',
      type: 'string',
      enum: ['token', 'api-key', 'certificate', 'nobody'],
    },
    issuer: text('a text', 'Who vouches for the subject.'),
    subject: text('a text', 'The identifier of the caller.'),
    client: text('a text', 'The client.'),
    tenant: text('a text', 'The tenant.'),
    scopes: texts,
    claims: mapping('a mapping of claims', 'Further verified claims.'),
  },
};

const REQUEST: ConfigSchemaNode = {
  title: 'a request with at least method',
  description: 'What is asked for.',
  type: 'object',
  additionalProperties: false,
  required: ['method'],
  properties: {
    method: text('a method such as tools/call', 'The method.'),
    name: text('a name or URI', 'What the method names.'),
    server: text('the name of a server', 'The server; may be left out where there is one.'),
    door: text('a path', 'The path it comes by.'),
    params: {
      ...mapping('a mapping of texts', 'Parameter headers.'),
      additionalProperties: { title: 'a text', type: 'string' },
    },
    args: mapping('a mapping of arguments', 'The arguments.'),
    annotations: {
      ...mapping('a mapping of annotations', 'What the server says of the tool.'),
      additionalProperties: { title: 'true or false', type: 'boolean' },
    },
  },
};

const CASES: ConfigSchemaNode = {
  title: 'a mapping with cases',
  type: 'object',
  additionalProperties: false,
  required: ['cases'],
  properties: {
    cases: {
      title: 'a list of cases',
      type: 'array',
      minItems: 1,
      maxItems: 100_000,
      items: {
        title: 'a case with name, request and expect',
        type: 'object',
        additionalProperties: false,
        required: ['name', 'request', 'expect'],
        properties: {
          name: text('a text', 'What the case is called.'),
          caller: CALLER,
          request: REQUEST,
          expect: { title: 'allowed or denied', type: 'string', enum: ['allowed', 'denied'] },
          rule: text('the name of a rule, or default', 'The rule that has to decide.'),
        },
      },
    },
  },
};
