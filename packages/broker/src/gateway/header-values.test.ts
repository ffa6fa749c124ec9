import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { headerValues } from './header-values.ts';

const request = (...rawHeaders: readonly string[]) => ({ rawHeaders }) as unknown as IncomingMessage;

describe('headerValues', () => {
  it.each([
    ['one', request('Host', 'a', 'DPoP', 'x'), ['x']],
    [
      'several, in the order sent, however they are written',
      request('dpop', 'x', 'Host', 'a', 'DPOP', 'y'),
      ['x', 'y'],
    ],
    ['none', request('Host', 'a'), []],
    ['none where only a value has the name', request('Host', 'dpop'), []],
    ['an empty one', request('DPoP', ''), ['']],
  ])('finds %s', (_case, from, values) => {
    expect(headerValues(from, 'dpop')).toEqual(values);
  });
});
