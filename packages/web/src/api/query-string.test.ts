// Encoding of addresses: nothing that a person or the server says can change the shape of a request.

import { describe, expect, it } from 'vitest';
import { queryString, signInAddress } from './query-string.ts';

describe('queryString', () => {
  it('leaves out what has no value', () => {
    expect(queryString({ status: 'refused', before: undefined, grant_id: '' })).toBe('?status=refused');
  });
  it('is empty without members', () => {
    expect(queryString({})).toBe('');
  });
  it('encodes characters that would start another member', () => {
    expect(queryString({ grant_id: 'a&status=all#x' })).toBe('?grant_id=a%26status%3Dall%23x');
  });
});

it('signInAddress keeps path and query of the page', () => {
  expect(signInAddress('/activity?status=refused')).toBe('/sign-in?return_to=%2Factivity%3Fstatus%3Drefused');
});
