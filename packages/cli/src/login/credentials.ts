import { homedir } from 'node:os';
import path from 'node:path';
import type { Terminal } from '../terminal.ts';

/** The file that keeps what `switchyard login` got: `SWITCHYARD_CREDENTIALS`, else one in the user's configuration folder. */
export function credentialsFile(env: Terminal['env']): string {
  const { SWITCHYARD_CREDENTIALS: own, XDG_CONFIG_HOME: xdg, APPDATA: appData } = env;
  if (own !== undefined && own !== '') return own;
  const folder = [xdg, appData].find((each) => each !== undefined && path.isAbsolute(each));
  return path.join(folder ?? path.join(homedir(), '.config'), 'switchyard', 'credentials.json');
}
