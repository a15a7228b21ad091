import type { BaseMetadata } from './common.ts';
import type { JSONRPCRequest, JSONRPCResultResponse, Result } from './jsonrpc.ts';
import type { RequestParams } from './meta.ts';

/** Points at a resource or a resource template. Spec: schema#resourcetemplatereference. */
export interface ResourceTemplateReference {
  type: 'ref/resource';
  uri: string;
}

/** Points at a prompt. Spec: schema#promptreference. */
export interface PromptReference extends BaseMetadata {
  type: 'ref/prompt';
}

/** Params of `completion/complete`. Spec: schema#completerequestparams. */
export type CompleteRequestParams = RequestParams & {
  ref: PromptReference | ResourceTemplateReference;
  argument: {
    name: string;
    /** What was typed so far. */
    value: string;
  };
  context?: {
    /** Arguments that are settled already. */
    arguments?: { [key: string]: string };
  };
};

/** Asks for values that complete an argument. Spec: server/utilities/completion. */
export interface CompleteRequest extends JSONRPCRequest {
  method: 'completion/complete';
  params: CompleteRequestParams;
}

/** Values that complete an argument. Spec: schema#completeresult. */
export interface CompleteResult extends Result {
  completion: {
    /** At most 100. */
    values: string[];
    /** How many there are in all, where known. */
    total?: number;
    hasMore?: boolean;
  };
}

/** The answer to `completion/complete`. Spec: schema#completeresultresponse. */
export interface CompleteResultResponse extends JSONRPCResultResponse {
  result: CompleteResult;
}
