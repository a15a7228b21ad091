import { ERRORS, INPUT_METHODS } from '@switchyard/wire';
import { type Area, noneOf, right, skipped, type Verdict, wrong } from '../check.ts';
import type { Exam } from '../exam.ts';
import { asObject, describe, errorOf, isObject, type Json, type Reply, resultOf } from '../reply.ts';
import { requirement } from '../rules.ts';

const QUESTIONS: readonly string[] = Object.values(INPUT_METHODS);

/** Questions that a tool asks. Only with leave; every question is answered with "cancel". Spec: basic/patterns/mrtr. */
export const ROUNDS: Area = {
  title: 'Input rounds',
  checks: [
    {
      id: 'rounds.shape',
      title: 'A question has input requests, a state, or both',
      rule: requirement('MRTR-012'),
      mend: 'Give inputRequests as an object, or requestState as a text, or both.',
      run: (exam) =>
        withQuestion(exam, async ({ inputRequests, requestState }) => {
          if (inputRequests === undefined && requestState === undefined) return wrong('It has neither.');
          if (inputRequests !== undefined && !isObject(inputRequests))
            return wrong('inputRequests is no object.');
          const odd = requestState !== undefined && typeof requestState !== 'string';
          return odd ? wrong('requestState is no text.') : right();
        }),
    },
    {
      id: 'rounds.methods',
      title: 'An input request is an elicitation, a sampling request or a listing of roots',
      rule: requirement('MRTR-004'),
      mend: `Ask with ${QUESTIONS.join(', ')} and nothing else.`,
      run: (exam) =>
        withQuestion(exam, async (question) =>
          noneOf(
            requestsOf(question)
              .map(([, { method }]) => method)
              .filter((method) => !QUESTIONS.some((known) => known === method))
              .map((method) => `It asks with ${JSON.stringify(method)}.`),
          ),
        ),
    },
    {
      id: 'rounds.elicitations',
      title: 'An elicitation has a message, and a form or a valid URL',
      rule: requirement('ELICIT-004'),
      mend: 'Give message always; requestedSchema in form mode; mode "url" and a valid url otherwise.',
      run: (exam) =>
        withQuestion(exam, async (question) =>
          noneOf(
            requestsOf(question).flatMap(([key, request]) => {
              const fault =
                request['method'] === 'elicitation/create'
                  ? elicitationFault(asObject(request['params']))
                  : undefined;
              return fault === undefined ? [] : [`The elicitation "${key.slice(0, 80)}" ${fault}.`];
            }),
          ),
        ),
    },
    {
      id: 'rounds.undeclared',
      title: 'A client that declares nothing is asked nothing',
      rule: requirement('MRTR-013'),
      mend: 'Look at the capabilities of this very request before you ask; answer -32021 where the tool cannot do without.',
      run: (exam) =>
        withQuestion(exam, async () => {
          const asked = requestsOf(asObject(resultOf(await callBare(exam))));
          return noneOf(asked.map(([, { method }]) => `It asks with ${JSON.stringify(method)}.`));
        }),
    },
    {
      id: 'rounds.missing-capability',
      title: 'A capability that is needed and missing gives 400 and -32021, and is named',
      rule: requirement('BASE-045'),
      mend: 'Answer 400 with -32021 and { requiredCapabilities } in the data.',
      run: (exam) =>
        withQuestion(exam, async () => {
          const reply = await callBare(exam);
          const error = errorOf(reply);
          if (error === undefined) return skipped('the tool can do without');
          const named = isObject(asObject(error.data)['requiredCapabilities']);
          const fits =
            reply.status === 400 && error.code === ERRORS.MissingRequiredClientCapability.code && named;
          return fits
            ? right()
            : wrong(
                `The answer is ${describe(reply)}${named ? '' : ', without requiredCapabilities in its data'}.`,
              );
        }),
    },
    {
      id: 'rounds.tampered',
      title: 'A state that was altered is refused',
      rule: requirement('MRTR-007'),
      mend: 'Seal the state (HMAC or authenticated encryption) and answer an error where it does not open.',
      run: (exam) =>
        withQuestion(exam, async (question) => {
          const { requestState } = question;
          if (typeof requestState !== 'string' || requestState === '') return skipped('there is no state');
          const result = resultOf(await answer(exam, question, alter(requestState)));
          if (result === undefined || result['isError'] === true) return right();
          return result['resultType'] === 'input_required'
            ? right('it asks anew')
            : wrong('One character was altered, and the call went through.');
        }),
    },
    {
      id: 'rounds.cancelled',
      title: 'A user who cancels is an outcome, no failure',
      rule: requirement('ELICIT-017'),
      mend: 'Expect every question to be declined or cancelled.',
      run: (exam) =>
        withQuestion(exam, async (question) => {
          const { requestState } = question;
          const reply = await answer(
            exam,
            question,
            typeof requestState === 'string' ? requestState : undefined,
          );
          return errorOf(reply)?.code === ERRORS.InternalError.code
            ? wrong(`The answer is ${describe(reply)}.`)
            : right();
        }),
    },
  ],
};

// ---

async function withQuestion(exam: Exam, run: (question: Json) => Promise<Verdict>): Promise<Verdict> {
  if ((await exam.tool()) === undefined) return skipped(exam.noTool);
  const reply = await exam.firstCall();
  const question = resultOf(reply);
  return question?.['resultType'] === 'input_required' ? run(question) : skipped('the tool asks nothing');
}

function callBare(exam: Exam): Promise<Reply> {
  return exam.once('call without capabilities', () => exam.invoke({}, { capabilities: {} }));
}

/** What a client sends whose user cancels. Sampling and roots are left unanswered. */
function answer(exam: Exam, question: Json, requestState: string | undefined): Promise<Reply> {
  const keys = requestsOf(question)
    .filter(([, { method }]) => method === 'elicitation/create')
    .map(([key]) => key);
  const inputResponses = Object.fromEntries(keys.map((key) => [key, { action: 'cancel' }]));
  return exam.invoke({
    inputResponses,
    ...(requestState === undefined ? {} : { requestState }),
  });
}

function requestsOf({ inputRequests }: Json): readonly (readonly [string, Json])[] {
  return Object.entries(asObject(inputRequests)).map(([key, request]) => [key, asObject(request)]);
}

function elicitationFault({ message, mode = 'form', requestedSchema, url }: Json): string | undefined {
  if (typeof message !== 'string') return 'has no message';
  if (mode === 'form') return isObject(requestedSchema) ? undefined : 'has no requestedSchema';
  if (mode !== 'url') return `has the mode ${JSON.stringify(mode)}`;
  return typeof url === 'string' && URL.canParse(url) ? undefined : 'has no valid url';
}

/** Another letter or digit about the middle, where no padding hides it. */
function alter(state: string): string {
  const middle = Math.floor(state.length / 2);
  const from = state.slice(middle).search(/[A-Za-z0-9]/);
  const at = from < 0 ? middle : middle + from;
  return `${state.slice(0, at)}${state[at] === 'A' ? 'B' : 'A'}${state.slice(at + 1)}`;
}
