import { EXPOSITION_TYPE } from '../metrics/exposition.ts';
import { AUDIT_QUERY, audit, LINES_TYPE } from './audit.ts';
import { type OpenApiDocument, openApi } from './openapi.ts';
import { drain, figures, plan, readiness, reload, servers } from './operate.ts';
import { decidePin, listPins } from './pins.ts';
import type { AdminAnswer, AdminRoute } from './route.ts';

const NO_STORE: AdminAnswer = { description: 'This gateway has no `store`.', schema: 'Error' };
const DECISION: AdminRoute['told']['answers'] = {
  200: { description: 'What is known of it now.', schema: 'Decided' },
  400: { description: 'The body is not JSON, or does not say which.', schema: 'Error' },
  404: { description: 'Nothing of that name waits for a decision.', schema: 'Error' },
  409: NO_STORE,
};

/** Everything that can be asked of the admin port. */
export const ADMIN_ROUTES: readonly AdminRoute[] = [
  {
    ...{ method: 'GET', path: '/healthz', access: 'anybody' },
    told: {
      ...{ id: 'getHealth', summary: 'Says that the process works' },
      answers: { 200: { description: 'It works.', schema: 'Health' } },
    },
    handle: () => ({ status: 200, json: { status: 'ok' } }),
  },
  {
    ...{ method: 'GET', path: '/readyz', access: 'anybody' },
    told: {
      ...{ id: 'getReadiness', summary: 'Says whether new requests are wanted' },
      answers: {
        200: { description: 'They are.', schema: 'Ready' },
        503: {
          description:
            'The gateway is about to close, or was never let into its `state`; `error` says what to do.',
          schema: 'Unready',
        },
      },
    },
    handle: (_, world) => readiness(world),
  },
  {
    ...{ method: 'GET', path: '/metrics' },
    access: ({ metrics }) => (metrics === 'open' ? 'anybody' : 'operator'),
    told: {
      ...{ id: 'getMetrics', summary: 'Gives the figures of now, for Prometheus' },
      answers: { 200: { description: 'Its text format.', type: EXPOSITION_TYPE } },
    },
    handle: (_, world) => figures(world),
  },
  {
    ...{ method: 'GET', path: '/servers', access: 'operator' },
    told: {
      ...{ id: 'listServers', summary: 'Asks each server what it is, for three seconds at most' },
      answers: { 200: { description: 'The servers, in the order of the configuration.', schema: 'Servers' } },
    },
    handle: (_, world) => servers(world),
  },
  {
    ...{ method: 'GET', path: '/plan', access: 'operator' },
    told: {
      ...{ id: 'getPlan', summary: 'Shows the plan in use, without secrets' },
      answers: { 200: { description: 'The plan.', schema: 'Plan' } },
    },
    handle: (_, world) => plan(world),
  },
  {
    ...{ method: 'POST', path: '/reload', access: 'operator', recorded: true },
    told: {
      ...{ id: 'reload', summary: 'Reads the configuration again' },
      answers: {
        200: { description: 'It is in use.', schema: 'Reloaded' },
        409: { description: 'There is no file.', schema: 'Error' },
        422: { description: 'It cannot be used, and the one before stays.', schema: 'Unusable' },
      },
    },
    handle: (_, world) => reload(world),
  },
  {
    ...{ method: 'POST', path: '/drain', access: 'operator', recorded: true },
    told: {
      id: 'drain',
      summary:
        'Lets load balancers look elsewhere: requests are still served, and the process is to be stopped',
      answers: { 200: { description: '`/readyz` says 503 from now on.', schema: 'Draining' } },
    },
    handle: (_, world) => drain(world),
  },
  {
    ...{ method: 'GET', path: '/audit', access: 'operator', recorded: true },
    told: {
      ...{ id: 'findRecords', summary: 'Looks records up, newest first' },
      query: AUDIT_QUERY,
      answers: {
        200: { description: 'A record a line.', schema: 'Record', type: LINES_TYPE },
        400: { description: 'A parameter cannot be used.', schema: 'Error' },
        409: NO_STORE,
      },
    },
    handle: audit,
  },
  {
    ...{ method: 'GET', path: '/pins', access: 'operator' },
    told: {
      ...{ id: 'listPins', summary: 'Lists the pinned definitions' },
      query: { server: { description: 'Of that server only.', schema: { type: 'string' } } },
      answers: { 200: { description: 'The pins.', schema: 'Pins' }, 409: NO_STORE },
    },
    handle: listPins,
  },
  {
    ...{ method: 'POST', path: '/pins/approve', access: 'operator', recorded: true },
    told: {
      ...{ id: 'approvePin', summary: 'Approves the definition that was seen last' },
      ...{ body: 'PinKey', answers: DECISION },
    },
    handle: (request, world) => decidePin('approve', request, world),
  },
  {
    ...{ method: 'POST', path: '/pins/reject', access: 'operator', recorded: true },
    told: {
      ...{ id: 'rejectPin', summary: 'Rejects a definition: it stays out of sight' },
      ...{ body: 'PinKey', answers: DECISION },
    },
    handle: (request, world) => decidePin('reject', request, world),
  },
  {
    ...{ method: 'GET', path: '/openapi.json', access: 'operator' },
    told: {
      ...{ id: 'getDocument', summary: 'Describes all this in OpenAPI 3.1' },
      answers: { 200: { description: 'The document.', schema: 'Document' } },
    },
    handle: () => ({ status: 200, json: ADMIN_API }),
  },
];

/** The admin API in OpenAPI 3.1. Published as `@switchyard/gateway/admin.openapi.json`, and served as `/openapi.json`. */
export const ADMIN_API: OpenApiDocument = openApi(ADMIN_ROUTES);
