import type { Walk } from '../walk.ts';

/** Whether the request declares the extension. */
export function declares({ caller }: Walk, extension: string): boolean {
  return Object.hasOwn(caller.clientCapabilities.extensions ?? {}, extension);
}
