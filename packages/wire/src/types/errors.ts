import type { ClientCapabilities } from './capabilities.ts';
import type { ErrorObject, JSONRPCErrorResponse } from './jsonrpc.ts';

/** The text is not JSON. Spec: schema#parseerror. */
export interface ParseError extends ErrorObject {
  code: -32700;
}

/** The JSON is not a JSON-RPC message. Spec: schema#invalidrequesterror. */
export interface InvalidRequestError extends ErrorObject {
  code: -32600;
}

/** The method is unknown or its capability is not offered. Spec: schema#methodnotfounderror. */
export interface MethodNotFoundError extends ErrorObject {
  code: -32601;
}

/** The params are wrong for the method. Spec: schema#invalidparamserror. */
export interface InvalidParamsError extends ErrorObject {
  code: -32602;
}

/** The receiver failed. Spec: schema#internalerror. */
export interface InternalError extends ErrorObject {
  code: -32603;
}

/** Headers are missing, malformed or not what the body says. Spec: schema#headermismatcherror. */
export interface HeaderMismatchError extends Omit<JSONRPCErrorResponse, 'error'> {
  error: ErrorObject & { code: -32020 };
}

/** The request needs a client capability that it did not declare. Spec: schema#missingrequiredclientcapabilityerror. */
export interface MissingRequiredClientCapabilityError extends Omit<JSONRPCErrorResponse, 'error'> {
  error: ErrorObject & {
    code: -32021;
    data: {
      /** What the client would have to declare. */
      requiredCapabilities: ClientCapabilities;
    };
  };
}

/** The request's revision is not served. Spec: schema#unsupportedprotocolversionerror. */
export interface UnsupportedProtocolVersionError extends Omit<JSONRPCErrorResponse, 'error'> {
  error: ErrorObject & {
    code: -32022;
    data: {
      /** The revisions that are served. */
      supported: string[];
      /** The revision that was asked for. */
      requested: string;
    };
  };
}
