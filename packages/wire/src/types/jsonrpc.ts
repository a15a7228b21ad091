import type { RequestId } from './common.ts';
import type { ResultMetaObject } from './meta.ts';

/** Says how to read a result; extensions add values. Spec: basic/index#resulttype. */
export type ResultType = 'complete' | 'input_required' | (string & Record<never, never>);

/** What every result holds. Spec: schema#result. */
export interface Result {
  _meta?: ResultMetaObject;
  /** Required of this revision's servers; clients read an absent one as `complete`. */
  resultType: ResultType;
  [key: string]: unknown;
}

/** A result that says only that the request succeeded. Spec: schema#emptyresult. */
export type EmptyResult = Result;

/** The `error` member of an error response; the schema calls it `Error`. Spec: schema#error. */
export interface ErrorObject {
  /** An integer; see `ERRORS`. */
  code: number;
  /** One short sentence. */
  message: string;
  /** More detail, in the sender's own shape. */
  data?: unknown;
}

/** A message that wants an answer. Spec: schema#jsonrpcrequest. */
export interface JSONRPCRequest {
  jsonrpc: '2.0';
  id: RequestId;
  method: string;
  params?: { [key: string]: unknown };
}

/** A message that wants no answer. Spec: schema#jsonrpcnotification. */
export interface JSONRPCNotification {
  jsonrpc: '2.0';
  method: string;
  params?: { [key: string]: unknown };
}

/** The answer to a request that succeeded. Spec: schema#jsonrpcresultresponse. */
export interface JSONRPCResultResponse {
  jsonrpc: '2.0';
  id: RequestId;
  result: Result;
}

/** The answer to a request that failed; without `id` where the request's could not be read. Spec: schema#jsonrpcerrorresponse. */
export interface JSONRPCErrorResponse {
  jsonrpc: '2.0';
  id?: RequestId;
  error: ErrorObject;
}

/** The answer to a request. Spec: schema#jsonrpcresponse. */
export type JSONRPCResponse = JSONRPCResultResponse | JSONRPCErrorResponse;

/** Anything one end can send the other. Spec: schema#jsonrpcmessage. */
export type JSONRPCMessage = JSONRPCRequest | JSONRPCNotification | JSONRPCResponse;
