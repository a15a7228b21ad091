import { describe, expect, it } from 'vitest';
import { isTraceparent } from './index.ts';

const trace = '0af7651916cd43dd8448eb211c80319c';
const parent = '00f067aa0ba902b7';

describe('isTraceparent', () => {
  it.each([
    `00-${trace}-${parent}-01`,
    `00-${trace}-${parent}-ff`,
    `01-${trace}-${parent}-01-what-comes`,
    `cc-${trace}-${parent}-00`,
  ])('accepts %s', (value) => {
    expect(isTraceparent(value)).toBe(true);
  });

  it.each([
    '',
    1,
    null,
    `ff-${trace}-${parent}-01`,
    `00-${'0'.repeat(32)}-${parent}-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `00-${trace.toUpperCase()}-${parent}-01`,
    `00-${trace}-${parent}-01-more`,
    `00-${trace}-${parent}-1`,
    `00-${trace}-${parent}`,
    `00-${trace}-${parent}-01\n`,
    ` 00-${trace}-${parent}-01`,
    `01-${trace}-${parent}-01-${'x'.repeat(500)}`,
    `01-${trace}-${parent}-01x`,
  ])('refuses %j', (value) => {
    expect(isTraceparent(value)).toBe(false);
  });
});
