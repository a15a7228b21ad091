import { clientErrorsPage } from './client-errors.mjs';
import { errorsPage } from './errors.mjs';
import { featuresPage } from './features.mjs';
import { lifecyclePage } from './lifecycle.mjs';
import { limitsPage } from './limits.mjs';

/** The pages of docs/reference that are made from the source: text by file name. */
export function referencePages() {
  return {
    'client-errors.md': clientErrorsPage(),
    'errors.md': errorsPage(),
    'features.md': featuresPage(),
    'lifecycle.md': lifecyclePage(),
    'limits.md': limitsPage(),
  };
}

export { broken, ladder } from './ladder.mjs';
export { documentedLimits } from './limits.mjs';
