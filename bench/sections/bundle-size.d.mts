/** Sizes in bytes: what an import loads at once, minified and compressed, and what it loads only when needed. */
export interface BundleSize {
  readonly minified: number;
  readonly gzip: number;
  readonly lazy: number;
  /** The minified code that is loaded at once. */
  readonly text: string;
  /** The minified code that is loaded only when it is needed. */
  readonly lazyText: string;
}

/** The packages that hold schemas to their rules and values to their schemas. */
export const VALIDATOR: readonly string[];

/** Bundles and minifies a package's entry; see bundle-size.mjs. */
export function bundleSize(
  entry: string,
  options?: { readonly external?: readonly string[]; readonly conditions?: readonly string[] },
): Promise<BundleSize>;
