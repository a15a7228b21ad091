import type { Annotations, BaseMetadata, Icons } from './common.ts';
import type { MetaObject } from './meta.ts';

/** A resource the server can read. Spec: server/resources#resource. */
export interface Resource extends BaseMetadata, Icons {
  uri: string;
  /** What the resource is; a hint to the model. */
  description?: string;
  mimeType?: string;
  annotations?: Annotations;
  /** Bytes of the raw content, before Base64. */
  size?: number;
  _meta?: MetaObject;
}

/** A family of resources, named by an RFC 6570 template. Spec: server/resources#resource-templates. */
export interface ResourceTemplate extends BaseMetadata, Icons {
  uriTemplate: string;
  /** What the resources are; a hint to the model. */
  description?: string;
  /** Only where every match has the same type. */
  mimeType?: string;
  annotations?: Annotations;
  _meta?: MetaObject;
}

/** What text and blob contents share. Spec: schema#resourcecontents. */
export interface ResourceContents {
  uri: string;
  mimeType?: string;
  _meta?: MetaObject;
}

/** A resource's text. Spec: schema#textresourcecontents. */
export interface TextResourceContents extends ResourceContents {
  text: string;
}

/** A resource's bytes, in Base64. Spec: schema#blobresourcecontents. */
export interface BlobResourceContents extends ResourceContents {
  blob: string;
}
