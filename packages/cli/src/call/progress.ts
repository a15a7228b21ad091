import type { JSONRPCNotification } from '@switchyard/wire';
import type { Terminal } from '../terminal.ts';
import { visible } from './visible.ts';

/** Shows how far a call is: in one line that is overwritten on a terminal, line by line elsewhere. */
export function showProgress({ method, params = {} }: JSONRPCNotification, terminal: Terminal): void {
  if (method !== 'notifications/progress') return;
  const { progress, total, message } = params;
  const amount =
    typeof total === 'number' && total > 0
      ? `${Math.round((100 * Number(progress)) / total)} %`
      : String(progress);
  const line = typeof message === 'string' ? `${amount}  ${visible(message)}` : amount;
  if (terminal.live) terminal.status(line);
  else terminal.note(line);
}
