/** Identifies a request among those its sender has not had an answer to. Spec: schema#requestid. */
export type RequestId = string | number;

/** Ties progress notifications to the request that asked for them; opaque. Spec: schema#progresstoken. */
export type ProgressToken = string | number;

/** A position in a paginated list; opaque to the client. Spec: schema#cursor. */
export type Cursor = string;

/** Who sends or receives a message in a conversation. Spec: schema#role. */
export type Role = 'user' | 'assistant';

/**
 * The severity of a log message, after RFC 5424.
 *
 * @deprecated Since 2026-07-28 (SEP-2577); see `featureOf('logging')`. Spec: schema#logginglevel.
 */
export type LoggingLevel =
  | 'debug'
  | 'info'
  | 'notice'
  | 'warning'
  | 'error'
  | 'critical'
  | 'alert'
  | 'emergency';

/** A picture for a user interface, with its sizes and theme. Spec: basic/index#icons. */
export interface Icon {
  /** An `https:` or `data:` URI; readers refuse every other scheme. */
  src: string;
  /** The media type, where the source does not tell it. */
  mimeType?: string;
  /** Sizes such as `48x48`, or `any` for scalable formats. Without it, any size. */
  sizes?: string[];
  /** The background the icon was drawn for. Without it, any. */
  theme?: 'light' | 'dark';
}

/** Mixed into everything that can show icons. Spec: schema#icons. */
export interface Icons {
  /** Icons a client can choose from. */
  icons?: Icon[];
}

/** A programmatic name and a name for people. Spec: schema#basemetadata. */
export interface BaseMetadata {
  /** For programs; shown to people when there is no `title`. */
  name: string;
  /** For people. */
  title?: string;
}

/** Names the software at one end. Self-reported: for display and logs, never for decisions. Spec: schema#implementation. */
export interface Implementation extends BaseMetadata, Icons {
  /** The version of the software, in its own scheme. */
  version: string;
  /** What the software does. */
  description?: string;
  /** Where to read more. */
  websiteUrl?: string;
}

/** Hints on how to use or show an object. Spec: schema#annotations. */
export interface Annotations {
  /** Whom the object is for. */
  audience?: Role[];
  /** From 0 (optional) to 1 (required). */
  priority?: number;
  /** When the object last changed, in ISO 8601. */
  lastModified?: string;
}
