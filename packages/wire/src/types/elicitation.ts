/** A text field. Spec: schema#stringschema. */
export interface StringSchema {
  type: 'string';
  title?: string;
  description?: string;
  minLength?: number;
  maxLength?: number;
  format?: 'email' | 'uri' | 'date' | 'date-time';
  default?: string;
}

/** A number field. Spec: schema#numberschema. */
export interface NumberSchema {
  type: 'number' | 'integer';
  title?: string;
  description?: string;
  minimum?: number;
  maximum?: number;
  default?: number;
}

/** A yes-or-no field. Spec: schema#booleanschema. */
export interface BooleanSchema {
  type: 'boolean';
  title?: string;
  description?: string;
  default?: boolean;
}

/** One of several values. Spec: schema#untitledsingleselectenumschema. */
export interface UntitledSingleSelectEnumSchema {
  type: 'string';
  title?: string;
  description?: string;
  enum: string[];
  default?: string;
}

/** One of several values, each with a label. Spec: schema#titledsingleselectenumschema. */
export interface TitledSingleSelectEnumSchema {
  type: 'string';
  title?: string;
  description?: string;
  oneOf: Array<{ const: string; title: string }>;
  default?: string;
}

/** One of several values. Spec: schema#singleselectenumschema. */
export type SingleSelectEnumSchema = UntitledSingleSelectEnumSchema | TitledSingleSelectEnumSchema;

/** Some of several values. Spec: schema#untitledmultiselectenumschema. */
export interface UntitledMultiSelectEnumSchema {
  type: 'array';
  title?: string;
  description?: string;
  minItems?: number;
  maxItems?: number;
  items: { type: 'string'; enum: string[] };
  default?: string[];
}

/** Some of several values, each with a label. Spec: schema#titledmultiselectenumschema. */
export interface TitledMultiSelectEnumSchema {
  type: 'array';
  title?: string;
  description?: string;
  minItems?: number;
  maxItems?: number;
  items: { anyOf: Array<{ const: string; title: string }> };
  default?: string[];
}

/** Some of several values. Spec: schema#multiselectenumschema. */
export type MultiSelectEnumSchema = UntitledMultiSelectEnumSchema | TitledMultiSelectEnumSchema;

/** One of several values with `enumNames`; `TitledSingleSelectEnumSchema` replaces it. Spec: schema#legacytitledenumschema. */
export interface LegacyTitledEnumSchema {
  type: 'string';
  title?: string;
  description?: string;
  enum: string[];
  enumNames?: string[];
  default?: string;
}

/** A choice field. Spec: schema#enumschema. */
export type EnumSchema = SingleSelectEnumSchema | MultiSelectEnumSchema | LegacyTitledEnumSchema;

/** A field of a form. Spec: client/elicitation#requested-schema. */
export type PrimitiveSchemaDefinition = StringSchema | NumberSchema | BooleanSchema | EnumSchema;

/** Asks for values that are not sensitive, through a form. Spec: client/elicitation#form-mode-elicitation-requests. */
export type ElicitRequestFormParams = {
  /** Default: `form`. */
  mode?: 'form';
  /** What is asked for, and why. */
  message: string;
  /** Top-level fields only. */
  requestedSchema: {
    $schema?: string;
    type: 'object';
    properties: { [key: string]: PrimitiveSchemaDefinition };
    required?: string[];
  };
};

/** Sends the user to a page of the server's. Spec: client/elicitation#url-mode-elicitation-requests. */
export type ElicitRequestURLParams = {
  mode: 'url';
  /** Why the page is needed. */
  message: string;
  url: string;
};

/** Params of `elicitation/create`. Spec: schema#elicitrequestparams. */
export type ElicitRequestParams = ElicitRequestFormParams | ElicitRequestURLParams;

/** Asks the user something; travels in `inputRequests`. Spec: client/elicitation. */
export interface ElicitRequest {
  method: 'elicitation/create';
  params: ElicitRequestParams;
}

/** The user's answer; travels in `inputResponses`. Spec: client/elicitation#response-actions. */
export type ElicitResult = {
  /** `accept`: said yes; `decline`: said no; `cancel`: said neither. */
  action: 'accept' | 'decline' | 'cancel';
  /** The form's values; only with `accept` in form mode. */
  content?: { [key: string]: string | number | boolean | string[] };
};
