// Runs the cases inside workerd, where no code may be made from text, and answers with the outcomes.
import { runCases } from './cases.mjs';

export default {
  fetch: async () => Response.json(await runCases()),
};
