// A member is set inside a text that somebody else wrote: everything else in it must read as before, however it was written.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { setMember } from './set-member.ts';

it.each([
  ['{"usage":{"a":1}}', '{"usage":{"a":1,"cost":7}}'],
  [
    ' { "x" : "}{\\"" ,\n "usage" : { "a" : [1,{}] } , "y":null}\n',
    ' { "x" : "}{\\"" ,\n "usage" : { "a" : [1,{}] ,"cost":7} , "y":null}\n',
  ],
  ['{"usage":{ }}', '{"usage":{ "cost":7}}'],
  ['{"usage":{"cost":1,"a":2}}', '{"usage":{"cost":7,"a":2}}'],
  ['{"usage":{"a":{"cost":1}}}', '{"usage":{"a":{"cost":1},"cost":7}}'],
  [
    '{"choices":[{"usage":{"a":1}}],"usage":{"a":1}}',
    '{"choices":[{"usage":{"a":1}}],"usage":{"a":1,"cost":7}}',
  ],
  ['{"us\\u0061ge":{"a":"\\\\"}}', '{"us\\u0061ge":{"a":"\\\\","cost":7}}'],
  ['{"usage":{"a":1},"usage":{"b":1}}', '{"usage":{"a":1},"usage":{"b":1,"cost":7}}'],
  ['{"id":"usage","usage":null}', null],
  ['{"usage":[{"a":1}]}', null],
  ['{"x":{"usage":{"a":1}}}', null],
  ['{}', null],
])('sets a member of `usage` in %s', (text, expected) => {
  expect(setMember(text, 'usage', 'cost', 7)).toBe(expected);
});

it('changes nothing else, whatever the object holds and however it is laid out', () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { noNullPrototype: true });
  fc.assert(
    fc.property(object, object, object, fc.constantFrom('', ' ', '\t'), (before, usage, after, space) => {
      const whole = { ...before, usage, ...after };
      const text = JSON.stringify(whole, null, space);
      const set = setMember(text, 'usage', 'cost', 7);
      const read = JSON.parse(text);
      if (read.usage === null || typeof read.usage !== 'object' || Array.isArray(read.usage)) {
        expect(set).toBeNull();
        return;
      }
      expect(JSON.parse(set ?? '')).toEqual({ ...read, usage: { ...read.usage, cost: 7 } });
      if (!Object.hasOwn(read.usage, 'cost')) expect((set ?? '').replace(/,?"cost":7/, '')).toBe(text);
    }),
  );
});
