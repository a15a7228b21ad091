import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { Failure } from '../failure.ts';
import { fileFailure } from '../file-failure.ts';
import type { Terminal } from '../terminal.ts';

/** Makes an Ed25519 key pair, in two files that must not be there yet. Throws `Failure` where they are. */
export async function runAuditKey(name: string, terminal: Terminal): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  await writeNew(`${name}.key`, String(privateKey.export({ type: 'pkcs8', format: 'pem' })), 0o600);
  await writeNew(`${name}.pub`, String(publicKey.export({ type: 'spki', format: 'pem' })), 0o644);
  terminal.print(`${name}.key  signs checkpoints: audit.checkpoint.key: { file: ${name}.key }`);
  terminal.print(`${name}.pub  checks them: switchyard audit verify … --key ${name}.pub`);
}

async function writeNew(file: string, text: string, mode: number): Promise<void> {
  await writeFile(file, text, { mode, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST'
      ? new Failure(`${file} is there already.`)
      : fileFailure(error, file, 'written');
  });
}
