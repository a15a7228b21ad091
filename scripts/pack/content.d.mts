/** A packed package, as far as its content is concerned. */
export interface Packed {
  readonly name: string;
  readonly manifest: {
    readonly name: string;
    readonly version: string;
    readonly files?: readonly string[];
    readonly bin?: Readonly<Record<string, string>>;
    readonly dependencies?: Readonly<Record<string, string>>;
  };
  readonly files: readonly string[];
  readonly entries: readonly { readonly targets: readonly string[] }[];
  /** Where it is unpacked. */
  readonly target: string;
}

export declare function contentFaults(packed: Packed, packages: readonly Packed[]): readonly string[];
export declare function mapFaults(packed: Packed): readonly string[];
