import type { Envelope, JSONRPCRequest } from '@switchyard/wire';

/** A request whose body has been read: what its bytes say, in the one way that they can be understood. */
export interface Message {
  readonly request: JSONRPCRequest;
  readonly envelope: Envelope;
}
