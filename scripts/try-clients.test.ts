// The SDKs, with the code that "Connect an app" shows, as somebody pastes it: it runs, and its call arrives.

import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type House, startHouse } from '../packages/broker/test/house/start-house.ts';
import { findProgram, PROGRAMS } from '../packages/web/src/rules/programs.ts';
import { AGENTS, SDKS, tryProgram } from './try-clients.ts';

const ROOT = join(import.meta.dirname, '..');
let house: House;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house.close());

it.each(SDKS)('$id with $provider', { timeout: 120_000 }, async (one) => {
  const { version, exitCode, output, calls } = await tryProgram(house, ROOT, one);
  expect(version).toBe(findProgram(one.id)?.tried?.slice(0, 2).join(' '));
  expect(output).toContain('simulated');
  expect(exitCode).toBe(0);
  expect(calls).toEqual([expect.objectContaining({ model: one.model })]);
});

it.each([
  ['tests', SDKS],
  ['once', AGENTS],
])('a program is called tried by %s if it is tried here, and no other', (how, tries) => {
  const claimed = PROGRAMS.filter(({ tried }) => tried?.[2] === how).map(({ id }) => id);
  expect(new Set(tries.map(({ id }) => id))).toEqual(new Set(claimed));
});
