/** What a stage decided about an exchange, for the record. */
export interface Note {
  /** The stage's name. */
  readonly stage: string;
  readonly decision: 'allowed' | 'denied' | 'flagged';
  /** The name of the rule, quota or pin that decided. */
  readonly rule?: string;
  /** What else an operator wants to know; never a secret, never contents. */
  readonly detail?: string;
}
