export interface Citation {
  readonly id: string;
  readonly title: string;
}

export declare function readCitations(source: string, prefixes: ReadonlySet<string>): Citation[];
