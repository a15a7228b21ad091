import type { CacheHint, Server } from '@switchyard/server';
import { RED_PIXEL_PNG } from './samples.ts';

/** The resource that `touch_watched_resource` announces changes of. */
export const WATCHED_URI = 'test://watched-resource';

const UNCHANGING: CacheHint = { ttlMs: 3_600_000, cacheScope: 'public' };

/** Resources with one URI: a text, an image, one to subscribe to; and a family of resources. */
export function addResources(server: Server): void {
  server.registerResource(
    'static-text',
    'test://static-text',
    { title: 'Static text', description: 'A text.', mimeType: 'text/plain', cacheHint: UNCHANGING },
    () => 'This is the content of the static text resource.',
  );

  server.registerResource(
    'static-binary',
    'test://static-binary',
    { title: 'Static binary', description: 'An image.', mimeType: 'image/png', cacheHint: UNCHANGING },
    (uri) => ({ contents: [{ uri, mimeType: 'image/png', blob: RED_PIXEL_PNG }] }),
  );

  server.registerResource(
    'watched-resource',
    WATCHED_URI,
    { title: 'Watched resource', description: 'A resource to subscribe to.', mimeType: 'text/plain' },
    () => 'Watched resource content',
  );

  server.registerResourceTemplate(
    'template-data',
    'test://template/{id}/data',
    {
      title: 'Data by id',
      description: 'Data for any id.',
      mimeType: 'application/json',
      complete: { id: (value) => IDS.filter((id) => id.startsWith(value)) },
    },
    (_uri, { id }) => JSON.stringify({ id, templateTest: true, data: `Data for ID: ${String(id)}` }),
  );
}

const IDS = ['100', '101', '123', '200'];
