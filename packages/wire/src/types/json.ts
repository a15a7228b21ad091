/** Any value that JSON can carry. Spec: schema#jsonvalue. */
export type JSONValue = string | number | boolean | null | JSONObject | JSONArray;

/** A JSON object. Spec: schema#jsonobject. */
export type JSONObject = { [key: string]: JSONValue };

/** A JSON array. Spec: schema#jsonarray. */
export type JSONArray = JSONValue[];
