import { isExtensionId } from './meta-keys.ts';
import type { JSONObject } from './types/json.ts';
import { isObject } from './walk.ts';

/** An extension's own settings, as each side declares them; an empty object says only that it is supported. Spec: basic/versioning#extension-negotiation. */
export type ExtensionSettings = JSONObject;

/** Whether the value can be an extension's settings: an object, not an array. */
export function isExtensionSettings(value: unknown): value is ExtensionSettings {
  return isObject(value);
}

/** What is wrong with a declaration of an extension, or undefined. */
export function extensionFault(id: string, settings: unknown): string | undefined {
  if (!isExtensionId(id)) return `${JSON.stringify(id)} is no extension identifier: it must be prefix/name`;
  return isObject(settings) ? undefined : `The settings of ${id} must be an object`;
}

/** The settings that capabilities of either side declare for an extension, or undefined where they do not. */
export function extensionSettings(
  capabilities: { extensions?: { [id: string]: JSONObject } },
  id: string,
): ExtensionSettings | undefined {
  const { extensions } = capabilities;
  return extensions !== undefined && Object.hasOwn(extensions, id) ? extensions[id] : undefined;
}
