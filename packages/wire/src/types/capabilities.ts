import type { JSONObject } from './json.ts';

/** What a client can do, declared anew on every request; an open set. Spec: schema#clientcapabilities. */
export interface ClientCapabilities {
  /** Capabilities outside any standard. */
  experimental?: { [key: string]: JSONObject };
  /** @deprecated Since 2026-07-28 (SEP-2577). Present if the client lists roots. */
  roots?: JSONObject;
  /** @deprecated Since 2026-07-28 (SEP-2577). Present if the client samples from a model. */
  sampling?: {
    /** Present if `includeContext` may be other than `none`. */
    context?: JSONObject;
    /** Present if `tools` and `toolChoice` may be sent. */
    tools?: JSONObject;
  };
  /** Present if the client asks its user; an empty object means form mode. Spec: client/elicitation#capabilities. */
  elicitation?: {
    /** Form mode. */
    form?: JSONObject;
    /** URL mode. */
    url?: JSONObject;
  };
  /** Extensions by identifier, each with its settings. Spec: basic/versioning#extension-negotiation. */
  extensions?: { [key: string]: JSONObject };
}

/** What a server can do; an open set. Spec: schema#servercapabilities. */
export interface ServerCapabilities {
  /** Capabilities outside any standard. */
  experimental?: { [key: string]: JSONObject };
  /** @deprecated Since 2026-07-28 (SEP-2577). Present if the server sends log messages. */
  logging?: JSONObject;
  /** Present if the server completes arguments. */
  completions?: JSONObject;
  /** Present if the server has prompts. */
  prompts?: {
    /** Whether changes of the list are announced. */
    listChanged?: boolean;
  };
  /** Present if the server has resources. */
  resources?: {
    /** Whether single resources can be subscribed to. */
    subscribe?: boolean;
    /** Whether changes of the list are announced. */
    listChanged?: boolean;
  };
  /** Present if the server has tools. */
  tools?: {
    /** Whether changes of the list are announced. */
    listChanged?: boolean;
  };
  /** Extensions by identifier, each with its settings. Spec: basic/versioning#extension-negotiation. */
  extensions?: { [key: string]: JSONObject };
}
