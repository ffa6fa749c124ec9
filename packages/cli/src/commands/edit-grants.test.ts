// Guarantees of grant edit and apps limit: what no option names stays, the version that was read goes along, and what is not clear changes
// nothing.

import { describe, expect, it } from 'vitest';
import { loggedIn } from '../../test/logged-in.ts';

const house = loggedIn();

const PART = {
  type: 'ai_model_access',
  provider: 'openai',
  models: ['gpt-4o-mini'],
  capabilities: ['chat'],
  limits: { monthly_spend: 5, daily_spend: 1, max_requests: 100 },
  delegation: { max_depth: 1, to: ['own_agents'] },
  expires: '2026-12-31T00:00:00Z',
};
const OTHER = { type: 'ai_model_access', provider: 'anthropic' };

/** Runs it against a grant of these parts; what was sent to change it, if anything. */
const edit = async (line: string, ...parts: object[]) => {
  const { body } = house.server.fixed('GET /grants/grant_1') as { body: object };
  const grant = { ...body, authorization_details: parts.length > 0 ? parts : [PART], version: '7' };
  house.server.answer('GET /api/v1/grants/grant_1', { body: grant });
  house.server.answer('PATCH /api/v1/grants/grant_1', { body: grant });
  const run = await house.run(line);
  const sent = house.server.seen.find(({ route }) => route.startsWith('PATCH'))?.body;
  return { ...run, sent };
};
const changed = (part: object) => ({ authorization_details: [part], version: '7' });

describe('grant edit', () => {
  it.each<[string, object]>([
    ['--model gpt-5* --model gpt-4o', { models: ['gpt-5*', 'gpt-4o'] }],
    ['--limit 10/month', { limits: { monthly_spend: 10, max_requests: 100 } }],
    ['--limit 2/day --limit 50', { limits: { daily_spend: 2, total_spend: 50, max_requests: 100 } }],
    ['--requests 7', { limits: { ...PART.limits, max_requests: 7 } }],
    ['--capability embeddings', { capabilities: ['embeddings'] }],
    ['--expires 12h', { expires: '2026-11-22T12:00:00Z' }],
    ['--delegation-depth 3', { delegation: { max_depth: 3, to: ['own_agents'] } }],
    ['--delegation-depth 0', { delegation: undefined }],
  ])('%s changes that and nothing else', async (flags, change) => {
    const { exitCode, sent, stdout, stderr } = await edit(`grant edit grant_1 ${flags}`);
    expect([exitCode, stderr]).toEqual([0, 'Changed. It counts from the next call.\n']);
    expect(sent).toEqual(JSON.parse(JSON.stringify(changed({ ...PART, ...change }))));
    expect(stdout).toContain('Grant\tgrant_1\n');
  });

  it('needs something to change', async () => {
    const { exitCode, stderr, sent } = await edit('grant edit grant_1 --provider openai');
    expect([exitCode, sent]).toEqual([2, undefined]);
    expect(stderr).toContain('an option that says what changes is missing');
  });

  it('says that somebody changed it meanwhile', async () => {
    const conflict = { status: 409, body: { error: { code: 'conflict', message: 'It was changed since.' } } };
    house.server.answer('PATCH /api/v1/grants/grant_1', conflict);
    house.server.answer('GET /api/v1/grants/grant_1', {
      body: { authorization_details: [PART], version: '7', parts: [] },
    });
    const { exitCode, stderr } = await house.run('grant edit grant_1 --requests 1');
    expect([exitCode, stderr]).toEqual([1, 'valetkey: It was changed since.\n']);
  });
});

describe('of a grant for several providers', () => {
  it('one part is changed, and it has to be said which', async () => {
    const unclear = await edit('apps limit grant_1 9/day', PART, OTHER);
    expect([unclear.exitCode, unclear.sent]).toEqual([2, undefined]);
    expect(unclear.stderr).toContain('with --provider: one of openai, anthropic');
    const { sent } = await edit('apps limit grant_1 9/day --provider anthropic', PART, OTHER);
    expect(sent).toEqual(changed({ ...OTHER, limits: { daily_spend: 9 } }));
  });

  it('a part that there is not is an error', async () => {
    const { exitCode, stderr, sent } = await edit('grant edit grant_1 --provider mistral --requests 1');
    expect([exitCode, sent]).toEqual([1, undefined]);
    expect(stderr).toContain('It has: openai');
  });
});

describe('apps limit', () => {
  it.each<[string, object]>([
    ['10/month', { monthly_spend: 10 }],
    ['0.50', { total_spend: 0.5 }],
    ['20/day --unit requests', { requests_per_day: 20 }],
    ['none/day', { daily_spend: undefined }],
  ])('%s sets or takes away that one', async (words, limits) => {
    const { exitCode, sent } = await edit(`apps limit grant_1 ${words}`);
    const expected = changed({ ...PART, limits: { ...PART.limits, ...limits } });
    expect(exitCode).toBe(0);
    expect(sent).toEqual(JSON.parse(JSON.stringify(expected)));
  });

  it('says so when no limit of money is left', async () => {
    const { body } = house.server.fixed('GET /grants/grant_1') as { body: { parts: object[] } };
    const bare = { ...body, authorization_details: [PART], parts: [{ ...body.parts[0], limits: [] }] };
    house.server.answer('GET /api/v1/grants/grant_1', { body: bare });
    house.server.answer('PATCH /api/v1/grants/grant_1', { body: bare });
    const { stderr } = await house.run('apps limit grant_1 none/month');
    expect(stderr).toContain('no limit of money now');
  });

  it.each([
    ['5/year', 'after the slash comes one of total, month'],
    ['five', '<limit> five: '],
    ['1.5/day --unit requests', 'must be a whole number of requests, or none'],
    ['5/day --unit euros', '--unit must be one of usd, requests, tokens'],
    ['none/week', 'There is no limit of usd per week to take away'],
  ])('%s changes nothing', async (words, problem) => {
    const { exitCode, stderr, sent } = await edit(`apps limit grant_1 ${words}`);
    expect([exitCode, sent]).toEqual([2, undefined]);
    expect(stderr).toContain(problem);
  });
});
