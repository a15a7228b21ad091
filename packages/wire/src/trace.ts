/**
 * Whether the value is a W3C `traceparent`: version, trace id, parent id and flags in lower-case hexadecimal, neither id all
 * zero; version `00` ends there, later ones may add fields, `ff` is forbidden. Spec: basic/index#meta.
 */
export function isTraceparent(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > 512) return false;
  const found = TRACEPARENT.exec(value);
  if (found === null) return false;
  const [, version, rest] = found;
  return version !== 'ff' && (version !== '00' || rest === undefined);
}

const TRACEPARENT =
  /^([0-9a-f]{2})-(?!0{32}-)[0-9a-f]{32}-(?!0{16}-)[0-9a-f]{16}-[0-9a-f]{2}(-[\x21-\x7e]*)?$/;
