import {
  ConfigError,
  type ListedPin,
  loadConfig,
  PinAdmin,
  type PinKey,
  type PinKind,
} from '@switchyard/gateway';
import { visible } from '../call/visible.ts';
import { Failure } from '../failure.ts';
import type { Terminal } from '../terminal.ts';

/** The options of `switchyard pins list`. */
export interface ListSettings {
  readonly server?: string;
  readonly waiting?: true;
  readonly json?: true;
}

/** Prints the pins of a gateway's store. Throws `Failure` where they cannot be read. */
export async function runPinsList(config: string, settings: ListSettings, terminal: Terminal): Promise<void> {
  await withAdmin(config, terminal, async (admin) => {
    const all = await admin.list(settings.server);
    const pins = settings.waiting ? all.filter(({ pending }) => pending !== undefined) : all;
    if (settings.json) terminal.print(JSON.stringify(pins, null, 2));
    else if (pins.length === 0)
      terminal.note(settings.waiting ? 'nothing waits for a decision' : 'nothing is pinned');
    else for (const pin of pins) terminal.print(lineOf(pin));
  });
}

/** The options of `switchyard pins approve` and `reject`. */
export interface DecideSettings {
  readonly server: string;
  readonly tool?: readonly string[];
  readonly prompt?: readonly string[];
  readonly template?: readonly string[];
  readonly page?: readonly string[];
  readonly all?: true;
}

/** Approves or rejects definitions. Throws `Failure` where there is nothing to decide on. */
export async function runPinsDecision(
  settings: DecideSettings & { readonly config: string; readonly verb: 'approve' | 'reject' },
  terminal: Terminal,
): Promise<void> {
  const { config, verb, server } = settings;
  await withAdmin(config, terminal, async (admin) => {
    const waiting = settings.all
      ? (await admin.list(server)).filter(({ pending }) => pending !== undefined)
      : [];
    const keys = [...KINDS.flatMap((kind) => named(kind, settings)), ...waiting];
    if (keys.length === 0)
      throw new Failure(
        settings.all
          ? 'nothing waits for a decision'
          : `say what to ${verb}: --tool, --prompt, --template, --page or --all`,
      );
    for (const { kind, name } of keys) {
      await admin[verb]({ server, kind, name });
      terminal.print(`${verb === 'approve' ? 'approved' : 'rejected'}  ${server}  ${kind}  ${visible(name)}`);
    }
  });
}

// ---

const KINDS = ['tool', 'prompt', 'template', 'page'] as const;

function named(kind: PinKind, settings: DecideSettings): readonly PinKey[] {
  return (settings[kind] ?? []).map((name) => ({ server: settings.server, kind, name }));
}

async function withAdmin(
  config: string,
  terminal: Terminal,
  work: (admin: PinAdmin) => Promise<void>,
): Promise<void> {
  let admin: PinAdmin | undefined;
  try {
    const { plan } = await loadConfig(config);
    admin = PinAdmin.open(plan, { env: terminal.env });
    await work(admin);
  } catch (error) {
    // What cannot be decided on is a TypeError.
    if (error instanceof ConfigError || error instanceof TypeError) throw new Failure(visible(error.message));
    throw error;
  } finally {
    await admin?.close();
  }
}

function lineOf({ server, kind, name, approved, pending, rejected, changedAt }: ListedPin): string {
  const state = [
    ...(pending === undefined ? [] : [`waits: ${pending}`]),
    ...(approved === undefined ? [] : [`approved: ${approved}`]),
    ...(rejected === undefined ? [] : [`rejected: ${rejected}`]),
  ];
  return `${server}  ${kind}  ${visible(name)}  ${new Date(changedAt).toISOString()}  ${state.join('  ')}`;
}
