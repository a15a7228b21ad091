// Serves the everything example: `npm run everything -- --port 3001`, or `--stdio`. Installs and builds what is missing.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ensureInstalled, root } from './ensure.mjs';

ensureInstalled();
ensureBuilt('examples/everything');
await import(pathToFileURL(path.join(root, 'examples/everything/dist/main.js')).href);
