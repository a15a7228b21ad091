export interface Step {
  readonly name: string;
  readonly prose: string;
  /** Whether it is skipped over stdio. */
  readonly httpOnly: boolean;
  readonly rejections: readonly { readonly status: number; readonly error: string; readonly when: string }[];
}

export declare function referencePages(): Readonly<Record<string, string>>;
export declare function ladder(): readonly Step[];
export declare function broken(): Step;
export declare function documentedLimits(): Readonly<Record<string, Readonly<Record<string, string>>>>;
