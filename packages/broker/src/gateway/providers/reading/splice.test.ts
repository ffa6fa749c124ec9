// Members put into the text of an object.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addCap, addMember } from './splice.ts';

describe('addMember', () => {
  it('gives the JSON of the object with the member', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), (object, value) => {
        const { cap: _, ...rest } = object;
        const text = JSON.stringify(rest);
        expect(JSON.parse(addMember(text, 'cap', value))).toEqual({ ...JSON.parse(text), cap: value });
      }),
    );
  });
});

describe('addCap', () => {
  it('adds nothing when there is no cap', () => {
    expect(addCap('{"a":1}', 'cap', Number.POSITIVE_INFINITY)).toBe('{"a":1}');
    expect(addCap('{}', 'cap', 5)).toBe('{"cap":5}');
  });
});
