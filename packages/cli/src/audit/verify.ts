import { readFile } from 'node:fs/promises';
import {
  type Anchor,
  type AnchorChecker,
  checkerOf,
  type VerifyReport,
  verifyAudit,
} from '@switchyard/gateway/audit';
import { EXIT, Failure } from '../failure.ts';
import { fileFailure } from '../file-failure.ts';
import type { Terminal } from '../terminal.ts';
import { readLines, withSource } from './trail.ts';

/** The options of `switchyard audit verify`. */
export interface VerifySettings {
  readonly key?: string;
  readonly anchors?: string;
  readonly json?: true;
}

/** Verifies a trail and says what is wrong with it. Throws `Failure` where something is. */
export async function runVerify(trail: string, settings: VerifySettings, terminal: Terminal): Promise<void> {
  const checker = settings.key === undefined ? undefined : await readKeys(settings.key);
  const anchors = settings.anchors === undefined ? [] : await readLines(settings.anchors, toAnchor);
  const options = { anchors, ...(checker === undefined ? {} : { checker }) };
  const report = await withSource(trail, terminal, (source) => verifyAudit(source, options));
  if (settings.json) {
    terminal.print(JSON.stringify(report));
    if (!report.ok) process.exitCode = EXIT.failed;
    return;
  }
  printReport(report, terminal);
  if (checker === undefined)
    terminal.note('Only the links were checked: give the public key (--key) to check who made them.');
  if (!report.ok) throw new Failure(`The trail is not whole: ${count(report.faults.length, 'fault')}.`);
}

// ---

async function readKeys(file: string): Promise<AnchorChecker> {
  const pem = await readFile(file, 'utf8').catch((error: unknown) => {
    throw fileFailure(error, file, 'read');
  });
  try {
    return checkerOf(pem);
  } catch (error) {
    throw new Failure(`${file}: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

function toAnchor(line: string): Anchor {
  const value: unknown = JSON.parse(line);
  const anchor = value as Partial<Anchor> | null; // members are looked at one by one
  if (typeof anchor?.chain !== 'string' || typeof anchor.seq !== 'number' || typeof anchor.hash !== 'string')
    throw new TypeError('it is not an anchor');
  return anchor as Anchor; // what else it has is checked with its signature
}

function printReport({ chains, faults, records }: VerifyReport, terminal: Terminal): void {
  for (const { chain, seq, message } of faults) terminal.print(`FAULT ${chain} ${seq}: ${message}`);
  for (const { chain, first, last, closed, unvouched } of chains) {
    const state = closed ? 'closed' : 'open (runs still, or was killed)';
    const tail = unvouched === 0 ? '' : `, ${count(unvouched, 'record')} after the last checkpoint`;
    terminal.print(`${chain}: records ${first} to ${last}, ${state}${tail}`);
  }
  terminal.print(
    `${count(records, 'record')} in ${count(chains.length, 'chain')}: ${faults.length === 0 ? 'whole' : 'NOT WHOLE'}`,
  );
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
