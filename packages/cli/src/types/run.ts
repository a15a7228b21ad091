import { readFile, writeFile } from 'node:fs/promises';
import { compileHeaderBindings } from '@switchyard/wire';
import { Link } from '../call/link.ts';
import { listTools } from '../call/tool.ts';
import { visible } from '../call/visible.ts';
import { EXIT, Failure } from '../failure.ts';
import { fileFailure } from '../file-failure.ts';
import { withStoredToken } from '../login/stored.ts';
import { type TargetSettings, toHeaders, toUrl, warnOfPlainText } from '../target.ts';
import type { Terminal } from '../terminal.ts';
import { type TypedTool, toModule } from './module.ts';

/** The options of `switchyard types`. */
export interface TypesSettings extends TargetSettings {
  /** The file to write. @default standard output */
  readonly out?: string;
  /** Whether the file is only compared. */
  readonly check?: true;
  /** Seconds. */
  readonly timeout: number;
}

/** Writes the types of a server's tools; resolves with the exit code. Throws `Failure` where they cannot be had. */
export async function runTypes(target: string, settings: TypesSettings, terminal: Terminal): Promise<number> {
  const url = toUrl(target);
  const headers = await withStoredToken(url, toHeaders(settings), terminal);
  warnOfPlainText(url, headers, terminal);
  const link = new Link({ url, headers, timeoutMs: settings.timeout * 1000, capabilities: {} });
  const tools = (await listTools(link)).flatMap((tool) => toTyped(tool, terminal));
  const text = toModule(tools);
  const { out, check } = settings;
  if (check === true) return compare(text, out, terminal);
  if (out === undefined) terminal.print(text.trimEnd());
  else {
    await writeFile(out, text).catch((error: unknown) => {
      throw fileFailure(error, out, 'written');
    });
    terminal.note(`Wrote the types of ${tools.length} ${tools.length === 1 ? 'tool' : 'tools'} to ${out}.`);
  }
  return EXIT.ok;
}

// ---

async function compare(text: string, out: string | undefined, terminal: Terminal): Promise<number> {
  if (out === undefined) throw new Failure('--check compares a file: name it with --out.');
  const there = await readFile(out, 'utf8').catch(() => undefined);
  if (there === text) return EXIT.ok;
  terminal.note(
    `${out} is ${there === undefined ? 'not there' : 'out of date'}: run the command without --check.`,
  );
  return EXIT.failed;
}

/** A tool whose declaration clients must not use is left out, as clients do. */
function toTyped(tool: Readonly<Record<string, unknown>>, terminal: Terminal): readonly TypedTool[] {
  const { name, description, inputSchema, outputSchema } = tool;
  const compiled = compileHeaderBindings(inputSchema);
  if (typeof name !== 'string' || !compiled.ok) {
    const why = compiled.ok ? 'it has no name' : compiled.reason;
    terminal.note(
      `${terminal.paint('yellow', 'left out:')} the tool "${visible(String(name))}": ${visible(why)}.`,
    );
    return [];
  }
  return [
    {
      name,
      inputSchema: isObject(inputSchema) ? inputSchema : {},
      ...(typeof description === 'string' ? { description } : {}),
      ...(isObject(outputSchema) ? { outputSchema } : {}),
    },
  ];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
