import type { ConfigSchemaNode } from '../config/schema-node.ts';

/** What becomes of definitions that change, or that hide something. */
export interface IntegrityConfig {
  readonly onChange?: ChangeAction;
  readonly firstUse?: FirstUse;
  readonly hidden?: HiddenAction;
  readonly lookalikes?: ChangeAction;
  readonly pages?: ChangeAction;
}

/** What becomes of a definition: nothing, a word in the record, or out of sight until somebody approves. */
export type ChangeAction = 'allow' | 'flag' | 'quarantine';

/** What becomes of texts with hidden characters. */
export type HiddenAction = ChangeAction | 'strip';

/** Whether a definition that is seen for the first time is taken as it is. */
export type FirstUse = 'pin' | 'quarantine';

/** Integrity settings with their defaults filled in. */
export type IntegrityPlan = Required<IntegrityConfig>;

const ACTIONS: ConfigSchemaNode = {
  title: 'allow, flag or quarantine',
  type: 'string',
  enum: ['allow', 'flag', 'quarantine'],
};

/** The schema of `integrity`. */
export const INTEGRITY: ConfigSchemaNode = {
  title: 'the keys onChange, firstUse, hidden, lookalikes and pages',
  description:
    'Pins the definitions of tools, prompts and resource templates by digest, and screens their texts. What is quarantined is absent from lists and unknown when asked for until `switchyard pins approve`. Pins are kept in `store`; without one, until the gateway ends.',
  type: 'object',
  additionalProperties: false,
  properties: {
    onChange: {
      ...ACTIONS,
      description: 'What becomes of a definition that is not the one that was pinned.',
      default: 'quarantine',
    },
    firstUse: {
      title: 'pin or quarantine',
      description:
        'Whether a definition seen for the first time is pinned as it is, or has to be approved first.',
      type: 'string',
      enum: ['pin', 'quarantine'],
      default: 'pin',
    },
    hidden: {
      title: 'allow, strip, flag or quarantine',
      description:
        'What becomes of definitions with characters that people do not see and models read: controls and escape sequences, direction controls, zero-width characters, tags. `strip` takes them out of titles and descriptions; in names, where nothing can be taken out, it quarantines.',
      type: 'string',
      enum: ['allow', 'strip', 'flag', 'quarantine'],
      default: 'strip',
    },
    lookalikes: {
      ...ACTIONS,
      description:
        'What becomes of a name that looks like another of the same server but is written with other letters.',
      default: 'quarantine',
    },
    pages: {
      ...ACTIONS,
      description:
        'What becomes of a page of an MCP App (a `ui://` resource) that is not the one that was pinned when it was first read. With anything but `allow`, answers to `resources/read` are read whole instead of passing through.',
      default: 'allow',
    },
  },
};

/** The plan of `integrity`. */
export function compileIntegrity(config: IntegrityConfig): IntegrityPlan {
  const { onChange = 'quarantine', firstUse = 'pin', hidden = 'strip' } = config;
  const { lookalikes = 'quarantine', pages = 'allow' } = config;
  return { onChange, firstUse, hidden, lookalikes, pages };
}
