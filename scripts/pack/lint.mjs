import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

/** What publint says of an unpacked package, suggestions included. */
export async function lint({ name, manifest, target }) {
  const { messages } = await publint({ pkgDir: target, strict: true, level: 'suggestion', pack: false });
  return messages.map(
    (message) => `${name}: ${formatMessage(message, manifest, { color: false }) ?? message.code}`,
  );
}
