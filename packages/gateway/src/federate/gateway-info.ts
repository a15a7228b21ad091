import { readFileSync } from 'node:fs';
import type { Implementation } from '@switchyard/wire';

/** What a federation says of itself: the words of any of its servers would be those of one of many. */
export function gatewayInfo(): Implementation {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  // Our own file.
  const { version } = JSON.parse(text) as { version: string };
  return { name: 'switchyard-gateway', version };
}
