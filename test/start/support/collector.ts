import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A value of OTLP/JSON, as far as tests read it. */
interface Value {
  readonly stringValue?: string;
  readonly intValue?: number;
}

interface Attribute {
  readonly key: string;
  readonly value: Value;
}

/** A span as it was received. */
export interface ReceivedSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
}

/** A point of a histogram as it was received. */
export interface ReceivedPoint {
  readonly metric: string;
  readonly unit: string;
  readonly count: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A collector of OTLP/HTTP, which reads JSON and keeps everything else as bytes. */
export interface Collector {
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  readonly points: readonly ReceivedPoint[];
  readonly bodies: readonly { readonly path: string; readonly type: string; readonly bytes: Buffer }[];
}

interface Export {
  readonly resourceSpans?: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<ReceivedSpan, 'attributes' | 'resource'> & {
        readonly attributes: readonly Attribute[];
      })[];
    }[];
  }[];
  readonly resourceMetrics?: readonly {
    readonly scopeMetrics: readonly {
      readonly metrics: readonly {
        readonly name: string;
        readonly unit: string;
        readonly histogram?: {
          readonly dataPoints: readonly {
            readonly count: number;
            readonly attributes: readonly Attribute[];
          }[];
        };
      }[];
    }[];
  }[];
}

/** Starts a collector; it is closed when the test is over. `answers: false` takes everything and never answers. */
export async function collector({ answers = true } = {}): Promise<Collector> {
  const spans: ReceivedSpan[] = [];
  const points: ReceivedPoint[] = [];
  const bodies: { path: string; type: string; bytes: Buffer }[] = [];
  const server = http.createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const [path, type] = [req.url ?? '', req.headers['content-type'] ?? ''];
      const bytes = Buffer.concat(chunks);
      bodies.push({ path, type, bytes });
      if (type === 'application/json') {
        const exported = JSON.parse(bytes.toString()) as Export; // what the specification of OTLP says
        spans.push(...spansOf(exported));
        points.push(...pointsOf(exported));
      }
      if (answers) res.writeHead(200, { 'content-type': type }).end(type === 'application/json' ? '{}' : '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo; // a TCP server
  return { url: `http://127.0.0.1:${port}`, spans, points, bodies };
}

// ---

function spansOf({ resourceSpans = [] }: Export): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        ...span,
        attributes: recordOf(span.attributes),
        resource: recordOf(resource.attributes),
      })),
    ),
  );
}

function pointsOf({ resourceMetrics = [] }: Export): ReceivedPoint[] {
  return resourceMetrics.flatMap(({ scopeMetrics }) =>
    scopeMetrics.flatMap(({ metrics }) =>
      metrics.flatMap(({ name, unit, histogram }) =>
        (histogram?.dataPoints ?? []).map(({ count, attributes }) => ({
          metric: name,
          unit,
          count,
          attributes: recordOf(attributes),
        })),
      ),
    ),
  );
}

function recordOf(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue ?? value]),
  );
}
