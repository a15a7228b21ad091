import type { ElicitRequest, ElicitResult } from './elicitation.ts';
import type { Result } from './jsonrpc.ts';
import type { RequestParams } from './meta.ts';
import type { ListRootsRequest, ListRootsResult } from './roots.ts';
import type { CreateMessageRequest, CreateMessageResult } from './sampling.ts';

/** What a server may ask of a client in the middle of a request. Spec: basic/patterns/mrtr#inputrequests. */
export type InputRequest = CreateMessageRequest | ListRootsRequest | ElicitRequest;

/** A client's answer to an input request. Spec: basic/patterns/mrtr#inputresponses. */
export type InputResponse = CreateMessageResult | ListRootsResult | ElicitResult;

/** Input requests by the server's own keys. Spec: schema#inputrequests. */
export interface InputRequests {
  [key: string]: InputRequest;
}

/** Answers by the keys of the requests. Spec: schema#inputresponses. */
export interface InputResponses {
  [key: string]: InputResponse;
}

/**
 * Says that the request must be sent again with more. Holds at least one of `inputRequests` and `requestState`; only
 * `tools/call`, `prompts/get` and `resources/read` are answered with it. Spec: basic/patterns/mrtr#inputrequiredresult.
 */
export interface InputRequiredResult extends Result {
  resultType: 'input_required';
  inputRequests?: InputRequests;
  /** Opaque to the client, which sends it back unchanged. */
  requestState?: string;
}

/** Params of a request that may be a second or later round. Spec: schema#inputresponserequestparams. */
export type InputResponseRequestParams = RequestParams & {
  inputResponses?: InputResponses;
  requestState?: string;
};
