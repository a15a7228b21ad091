import { validateOnce } from '@switchyard/schema';
import { META } from '@switchyard/wire';
import { type Area, noneOf, right, skipped, type Verdict, wrong } from '../check.ts';
import type { Exam } from '../exam.ts';
import { rejects } from '../expect.ts';
import { asObject, describe, isObject, type Json, type Reply, resultOf } from '../reply.ts';
import { requirement } from '../rules.ts';

/** One tool, called. Only with leave. Spec: server/tools#calling-tools. */
export const CALLS: Area = {
  title: 'Calling a tool',
  checks: [
    {
      id: 'calls.answers',
      title: 'The tool answers with content',
      rule: requirement('BASE-006'),
      mend: 'Answer tools/call with a result that has a list of content, or with input_required.',
      run: (exam) =>
        withTool(exam, async () => {
          const reply = await exam.firstCall();
          const result = resultOf(reply);
          if (result === undefined)
            return wrong(`The answer is ${describe(reply)}. Are the arguments right (--args)?`);
          if (result['resultType'] === 'input_required') return right('it asks a question first');
          return Array.isArray(result['content']) ? right() : wrong('The result has no list "content".');
        }),
    },
    {
      id: 'calls.structured',
      title: 'Structured content matches the output schema',
      rule: requirement('TOOL-017'),
      mend: 'Validate structuredContent before it is sent.',
      run: (exam) =>
        withTool(exam, async ({ outputSchema }) => {
          const result = finished(await exam.firstCall());
          if (!isObject(outputSchema) || result === undefined)
            return skipped('the tool has no output schema, or did not finish');
          if (result['structuredContent'] === undefined)
            return wrong('There is an output schema, and no structured content.');
          const { ok } = await validateOnce(outputSchema, result['structuredContent']);
          return ok ? right() : wrong('The structured content is not what the output schema says.');
        }),
    },
    {
      id: 'calls.structured-text',
      title: 'Structured content is repeated as JSON text',
      rule: requirement('TOOL-016'),
      mend: 'Put the JSON of structuredContent into a text block, for clients that read only those.',
      run: (exam) =>
        withTool(exam, async () => {
          const result = finished(await exam.firstCall());
          if (result?.['structuredContent'] === undefined) return skipped('there is no structured content');
          const blocks = Array.isArray(result['content']) ? result['content'].map(asObject) : [];
          return blocks.some(({ type }) => type === 'text')
            ? right()
            : wrong('No block of the content is a text.');
        }),
    },
    {
      id: 'calls.validated',
      title: 'Arguments that the schema forbids are refused',
      rule: requirement('TOOL-018'),
      mend: 'Validate arguments with the inputSchema before the tool runs.',
      run: (exam) =>
        withTool(exam, async (tool) => {
          const bad = forbidden(tool);
          if (bad === undefined) return skipped('the input schema requires nothing');
          const reply = await exam.invoke({ arguments: bad });
          return resultOf(reply)?.['isError'] === true ? right() : rejects(reply);
        }),
    },
    {
      id: 'calls.progress-token',
      title: 'Progress names the token of the request',
      rule: requirement('PROG-004'),
      mend: 'Send progress only for a request that has a progressToken, and with that very token.',
      run: (exam) =>
        withTool(exam, async () => {
          const reply = await exam.invoke({}, { meta: { [META.progressToken]: 'switchyard-p' } });
          const reports = reply.messages
            .map(asObject)
            .filter(({ method }) => method === 'notifications/progress');
          const foreign = reports.filter(
            ({ params }) => asObject(params)['progressToken'] !== 'switchyard-p',
          );
          return noneOf(
            foreign.map(
              ({ params }) => `Progress names ${JSON.stringify(asObject(params)['progressToken'])}.`,
            ),
            `${reports.length} reports`,
          );
        }),
    },
  ],
};

// ---

async function withTool(exam: Exam, run: (tool: Json) => Promise<Verdict>): Promise<Verdict> {
  const tool = await exam.tool();
  return tool === undefined ? skipped(exam.noTool) : run(tool);
}

function finished(reply: Reply): Json | undefined {
  const result = resultOf(reply);
  return result?.['resultType'] === 'input_required' || result?.['isError'] === true ? undefined : result;
}

/** Arguments without what is required. */
function forbidden({ inputSchema }: Json): Json | undefined {
  const { required } = asObject(inputSchema);
  return Array.isArray(required) && required.length > 0 ? {} : undefined;
}
