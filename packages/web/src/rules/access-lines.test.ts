import { describeAccess, unrestrictedAccess } from '@valetkey/core';
import { expect, it } from 'vitest';
import { splitLines } from './access-lines.ts';

const linesWith = (delegationMaxDepth: number) =>
  describeAccess({ ...unrestrictedAccess('openai'), delegationMaxDepth }).lines;

it('takes what a grant withholds out of what it allows', () => {
  const lines = linesWith(0);
  const { may, mayNot } = splitLines(lines, 0);
  expect(mayNot).toEqual(['It may not let other agents spend from this limit']);
  expect(may.toSorted()).toEqual(lines.filter((line) => !mayNot.includes(line)).toSorted());
});

it('keeps delegation among what a grant allows', () => {
  expect(splitLines(linesWith(1), 1)).toEqual({ may: linesWith(1), mayNot: [] });
});
