// Guarantees of logs --follow: each call is shown once, when it has ended, in the order in which they began.

import { expect, it } from 'vitest';
import type { FakeAnswer } from '../../test/fake-server.ts';
import { loggedIn } from '../../test/logged-in.ts';

const house = loggedIn();

/** A page of calls, newest first: the minute of each, and whether it still runs. */
const page = (...calls: readonly [minute: number, status?: 'admitted'][]): FakeAnswer => ({
  body: {
    data: calls.map(([minute, status = 'settled']) => ({
      id: `call_${minute}`,
      at: `2026-11-20T08:${minute}:00Z`,
      grant_name: `app ${minute}`,
      status,
      refusal: null,
    })),
    next: null,
  },
});
const GONE: FakeAnswer = { status: 401, body: { error: { code: 'invalid_token', message: 'gone' } } };

const follow = async (flags: string, ...answers: FakeAnswer[]) => {
  house.server.answer('GET /api/v1/calls', ...answers, GONE);
  const run = await house.run(['logs', ...flags.split(' ')]);
  const shown = [...run.stdout.matchAll(/app (\d+)/g)].map(([, minute]) => Number(minute));
  return { ...run, shown };
};

it('shows the last ones, then each as it ends, and none from before the first', async () => {
  const { shown, slept, exitCode } = await follow(
    '-f --last 2',
    page([22, 'admitted'], [21]),
    page([23], [22, 'admitted'], [21], [20]),
    page([24], [23], [22], [21], [20]),
  );
  expect(shown).toEqual([21, 23, 22, 24]);
  expect([exitCode, slept]).toEqual([4, [2000, 2000, 2000]]);
  expect(house.server.seen.map(({ query }) => query)).toEqual(['?limit=2', ...Array(3).fill('?limit=200')]);
});

it('begins with the first call there ever is', async () => {
  expect((await follow('--follow', page(), page(), page([20]))).shown).toEqual([20]);
});

it('with --json prints one object a line', async () => {
  const { stdout } = await follow('-f --json', page([21], [20]), page([22], [21], [20]));
  const ids = stdout.trimEnd().split('\n');
  expect(ids.map((line) => JSON.parse(line).id)).toEqual(['call_20', 'call_21', 'call_22']);
});

it('says when there were more than it could see', async () => {
  const many = Array.from({ length: 200 }, (_, index): [number] => [900 - index]);
  const { stderr } = await follow('-f', page([10]), page(...many));
  expect(stderr).toContain('some are not shown');
});

it('asks the server for the calls that its flags name, also while it follows them', async () => {
  await follow(
    '-f --model gpt-5 --provider openai --from 2026-11-01 --to 2026-11-30 --status settled',
    page([21]),
    page([22]),
  );
  for (const { query } of house.server.seen) {
    const asked = Object.fromEntries(new URLSearchParams(query));
    expect(asked).toMatchObject({
      model: 'gpt-5',
      provider: 'openai',
      from: '2026-11-01',
      to: '2026-11-30',
      status: 'settled',
    });
  }
  expect(house.server.seen.length).toBeGreaterThan(1);
});
