// What is added to an object stands in the bytes that are sent, and nowhere else.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../json/parse-json.ts';
import { SentObject } from './sent-object.ts';

const NAMES = fc.string().filter((name) => name !== 'cap' && name !== '__proto__');

describe('a sent object', () => {
  it('is the JSON of the object with the member', () => {
    const objects = fc.dictionary(NAMES, fc.jsonValue());
    fc.assert(
      fc.property(objects, fc.jsonValue(), (object, value) => {
        const sent = new SentObject(object as JsonObject);
        const longer = sent.with('cap', JSON.stringify(value as JsonValue));
        expect(String(sent.bytes)).toBe(JSON.stringify(object));
        expect(String(longer)).toBe(JSON.stringify({ ...object, cap: value }));
      }),
    );
  });

  it('has one cap, however often it is set, and none where none is held for', () => {
    const sent = new SentObject({ a: 'ü' });
    const first = sent.withCap('cap', 100);
    expect(String(sent.withCap('cap', 5))).toBe('{"a":"ü","cap":5}');
    expect(String(first)).toBe('{"a":"ü","cap":100}');
    expect(String(sent.withCap('cap', Number.POSITIVE_INFINITY))).toBe('{"a":"ü"}');
    expect(String(new SentObject({}).withCap('cap', 5))).toBe('{"cap":5}');
  });
});
