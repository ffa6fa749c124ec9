import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accesses } from './access.arbitrary.ts';
import { type AccessNames, describeAccess } from './describe-access.ts';
import { CAPABILITIES, type ModelAccess, unrestrictedAccess } from './model-access.ts';
import { parseAccess } from './parse-access.ts';

const titles = new Map([
  ['openai', 'OpenAI'],
  ['gpt-5-mini', 'GPT-5 mini'],
  ['claude-haiku', 'Claude Haiku'],
]);
const title = (name: string): string => titles.get(name) ?? name;
const names: AccessNames = { provider: title, model: title };

const say = (change: Partial<ModelAccess>) =>
  describeAccess({ ...unrestrictedAccess('openai'), ...change }, names);

describe('describeAccess', () => {
  it('reads like the consent page', () => {
    const access = parseAccess({
      type: 'ai_model_access',
      provider: 'openai',
      models: ['gpt-5-mini', 'claude-haiku'],
      capabilities: ['images', 'chat', 'embeddings'],
      limits: {
        daily_spend: 5,
        requests_per_minute: 60,
        max_requests: 1,
        max_output_tokens: 4096,
        max_concurrent: 1,
      },
      tools: ['function', 'web_search', 'mystery'],
      delegation: { max_depth: 1 },
      expires: '2026-12-31T00:00:00Z',
    });
    expect(access.ok && describeAccess(access.value, names)).toEqual({
      headline: 'spend up to $5 a day',
      allow: 'Allow up to $5/day',
      actions: [
        'Send text and images to GPT-5 mini and Claude Haiku',
        'Turn text into embeddings and make and edit images with the same models',
      ],
      tools: 'Let the models use web search and mystery, which can cost extra',
      delegation: 'It may let any other agent or app spend from this limit, 1 level deep',
      expiry: 'It ends on 31 December 2026, 00:00 UTC',
      lines: [
        'Send text and images to GPT-5 mini and Claude Haiku',
        'Turn text into embeddings and make and edit images with the same models',
        'Let the models use web search and mystery, which can cost extra',
        'It may let any other agent or app spend from this limit, 1 level deep',
        'It ends on 31 December 2026, 00:00 UTC',
      ],
      limits: [
        'At most $5 a day',
        'At most 1 request in total',
        'At most 60 requests a minute',
        'At most 4,096 output tokens in one request',
        'At most 1 request at the same time',
      ],
      risk: 'Agents that you do not know could spend from this limit.',
    });
  });

  it.each<[string, Partial<ModelAccess>, string]>([
    ['any model', { capabilities: ['chat'] }, 'Send text and images to any OpenAI model'],
    ['a prefix', { models: ['gpt-5*'] }, 'Send text and images to any model whose name begins with gpt-5'],
    ['completions alone', { capabilities: ['completions'], models: ['m'] }, 'Send text to m'],
    [
      'other work alone',
      { capabilities: ['audio'], models: ['m'] },
      'Turn speech into text and text into speech with m',
    ],
    [
      'many models',
      { models: [...'abcdefg', 'x*'] },
      'Send text and images to a, b, c, d, 3 more and any model whose name begins with x',
    ],
    ['no model', { models: [] }, 'Send text and images to no model'],
    ['no work', { capabilities: [] }, 'Nothing: no kind of work is included'],
  ])('says %s', (_, change, line) => {
    expect(say(change).actions[0]).toBe(line);
  });

  it.each<[Partial<ModelAccess>, string, string]>([
    [{}, 'spend without a limit', 'Allow without a limit'],
    [
      { limits: [{ unit: 'requests', amount: 5, per: 'day' }] },
      'spend without a limit',
      'Allow without a limit',
    ],
    [
      {
        limits: [
          { unit: 'usd', amount: 20_500_000_000, per: 'total' },
          { unit: 'usd', amount: 1, per: 'day' },
        ],
      },
      'spend up to $20.50 in total',
      'Allow up to $20.50 in total',
    ],
    [
      { limits: [{ unit: 'usd', amount: 1_234_000_001_000, per: 'month' }] },
      'spend up to $1,234.000001 a month',
      'Allow up to $1,234.000001/month',
    ],
  ])('names the widest spending limit, exactly', (change, headline, allow) => {
    expect(say(change)).toMatchObject({ headline, allow });
  });

  const capped = { limits: [{ unit: 'usd', amount: 1000, per: 'total' }] } as const;
  it.each<[string, Partial<ModelAccess>, RegExp | null]>([
    ['no spending limit', { expiresAtMs: 0 }, /how much of your money/],
    ['delegation', { ...capped, delegationMaxDepth: 2 }, /Agents that you do not know/],
    [
      'delegation to those who are named no more than of the end',
      { ...capped, delegationMaxDepth: 2, delegationTo: ['own_agents'] },
      /no end date/,
    ],
    ['no end', capped, /no end date/],
    ['the usual', { ...capped, expiresAtMs: 0 }, null],
  ])('warns of %s with one sentence at most', (_, change, risk) => {
    const said = say(change).risk;
    if (risk === null) expect(said).toBeNull();
    else expect(said).toMatch(risk);
  });

  it('keeps to three to five lines and tells of every limit, tool and kind of work', () => {
    fc.assert(
      fc.property(accesses, (access) => {
        const { lines, limits, tools } = describeAccess(access);
        expect(lines.length).toBeGreaterThanOrEqual(3);
        expect(lines.length).toBeLessThanOrEqual(5);
        const caps = [
          access.maxTokensPerRequest,
          access.maxInputTokens,
          access.maxOutputTokens,
          access.maxConcurrent,
        ];
        expect(limits).toHaveLength(access.limits.length + caps.filter((cap) => cap !== null).length);
        expect(tools.includes('web search')).toBe(access.tools?.includes('web_search') ?? false);
      }),
    );
  });

  it.each<[readonly string[] | null, string]>([
    [null, 'any other agent or app'],
    [['own_agents'], 'its own agents'],
    [['own_agents', 'known', 'other'], 'its own agents, Known App and other'],
  ])('says to whom a right may be delegated: %j', (delegationTo, who) => {
    const client = (id: string) => (id === 'known' ? 'Known App' : id);
    const access = { ...unrestrictedAccess('openai'), delegationMaxDepth: 1, delegationTo };
    const { delegation } = describeAccess(access, { ...names, client });
    expect(delegation).toBe(`It may let ${who} spend from this limit, 1 level deep`);
  });

  it.each(CAPABILITIES)('has words for %s', (capability) => {
    expect(say({ capabilities: [capability] }).actions).toEqual([
      expect.stringMatching(/ any OpenAI model$/),
    ]);
  });

  it('shows everything on its own line when all kinds of work are asked for', () => {
    expect(say({}).lines).toHaveLength(5);
  });
});
