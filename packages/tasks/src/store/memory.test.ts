import { describe, it } from 'vitest';
import { taskStoreContract } from '../contract.ts';
import { memoryTaskStore } from './memory.ts';

describe('memoryTaskStore', () => {
  for (const { name, run } of taskStoreContract((now) => memoryTaskStore({ now }))) it(name, run);
});
