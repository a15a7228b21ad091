import { COUNT, type ConfigSchemaNode, DURATION, SIZE } from '../config/schema-node.ts';
import { SECRET } from '../config/secret.ts';

const YES_OR_NO: ConfigSchemaNode = { title: 'true or false', type: 'boolean' };

const CHECKPOINT: ConfigSchemaNode = {
  title: 'a mapping with key, every, interval and anchors',
  description:
    'What vouches for the chain: records of their own that sign everything before them. Without a key whoever can write the store can also make the chain anew.',
  type: 'object',
  additionalProperties: false,
  properties: {
    key: {
      ...SECRET,
      description: 'An Ed25519 private key in PEM, by reference: `switchyard audit key` makes one.',
    },
    every: {
      ...COUNT,
      description: 'After how many records.',
      minimum: 1,
      maximum: 1_000_000,
      default: 1000,
    },
    interval: { ...DURATION, description: 'After how long, where there is anything new.', default: '1m' },
    anchors: {
      title: 'the path of a file',
      description:
        'Also appends each checkpoint to this file, a line of JSON each. Kept where the gateway cannot write, its lines show that records were cut off the end of the store.',
      type: 'string',
      minLength: 1,
      maxLength: 4096,
    },
  },
};

/** The schema of `audit`. */
export const AUDIT: ConfigSchemaNode = {
  title: 'a mapping such as { onLoss: deny }; {} for the defaults',
  description:
    'Puts every request on record in `store`: who, what, which server, what was decided and why, how it ended. Also those that are refused.',
  type: 'object',
  additionalProperties: false,
  properties: {
    onLoss: {
      title: 'deny or allow',
      description:
        'What happens while records cannot be written: requests are refused with 503, or go on, and what does not fit into `queue` is counted and lost.',
      type: 'string',
      enum: ['deny', 'allow'],
      default: 'deny',
    },
    writeAhead: {
      ...YES_OR_NO,
      description:
        'Whether a request waits until its intent is in the store. Without it a crash can lose the records of the last moment.',
      default: false,
    },
    queue: {
      ...COUNT,
      description:
        'The most records held in memory until they are written; never more than 32 million characters of them, whatever their number.',
      minimum: 100,
      maximum: 1_000_000,
      default: 10_000,
    },
    digests: {
      ...YES_OR_NO,
      description: 'Whether SHA-256 digests of request and response bodies are recorded.',
      default: true,
    },
    outcomes: {
      ...YES_OR_NO,
      description:
        'Whether answers of up to 16 KiB (lists: 64 KiB) are looked into for the record: failed tools, questions to the user, tasks, the names in a list.',
      default: true,
    },
    contents: {
      title: 'none, requests or all',
      description:
        'Whose contents are recorded beside their digests: of nothing, of requests, or of answers too.',
      type: 'string',
      enum: ['none', 'requests', 'all'],
      default: 'none',
    },
    contentBytes: {
      ...SIZE,
      description: 'The largest body whose contents are recorded; larger ones leave their digest only.',
      default: '8KiB',
    },
    redact: {
      title: 'a list of member names and JSON pointers',
      description:
        'What is blacked out in recorded contents: members of these names, in any case and at any depth, or at these JSON pointers (`/params/arguments/card`; `*` for any member).',
      type: 'array',
      maxItems: 1000,
      items: { title: 'a member name, or a JSON pointer', type: 'string', minLength: 1, maxLength: 512 },
    },
    turnedAway: {
      ...COUNT,
      description:
        'The most requests a second that are recorded one by one although they were not let in (wrong host, wrong path, malformed); more are counted.',
      minimum: 0,
      maximum: 100_000,
      default: 50,
    },
    instance: {
      title: 'a name of 1 to 64 letters, digits, ".", "_" or "-"',
      description: 'What this gateway is called in the record. Default: the name of the host.',
      type: 'string',
      pattern: '^[A-Za-z0-9._-]{1,64}$',
    },
    checkpoint: CHECKPOINT,
    retain: {
      title: '"off", or a duration such as "720h"',
      description:
        'How long records are kept; older ones are removed up to a checkpoint, so that what stays can be verified.',
      type: 'string',
      pattern: '^off$|^[0-9]{1,6}h$',
      default: 'off',
    },
  },
};
