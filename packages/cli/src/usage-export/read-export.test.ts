// What providers export, in the shapes that their documentation gives and their consoles write, read to the nano.

import { describe, expect, it } from 'vitest';
import { modelKey } from './model-key.ts';
import { type ExportProvider, readExport } from './read-export.ts';

const page = (...data: object[]) =>
  JSON.stringify({ object: 'page', data, has_more: false, next_page: null });
const bucket = (...results: object[]) => ({
  object: 'bucket',
  start_time: 1730419200,
  end_time: 1730505600,
  results,
});
const report = (...results: object[]) => ({ starting_at: '2026-11-01T00:00:00Z', ending_at: '', results });

const OPENAI_USAGE_CSV = `start_time,end_time,start_time_iso,end_time_iso,project_id,num_model_requests,user_id,api_key_id,model,batch,service_tier,input_tokens,output_tokens,input_cached_tokens
1759622400,1759708800,2025-10-05T00:00:00+00:00,2025-10-06T00:00:00+00:00,proj,10.0,,key,gpt-4o-2024-08-06,FALSE,default,59200.0,10646.0,5760.0
1759622400,1759708800,2025-10-05T00:00:00+00:00,2025-10-06T00:00:00+00:00,proj,1.0,,key,gpt-4o-2024-08-06,FALSE,flex,800.0,354.0,0.0
1759881600,1759968000,2025-10-08T00:00:00+00:00,2025-10-09T00:00:00+00:00,,,,,,,,,,
`;
const OPENAI_COSTS_CSV = `start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,line_item,project_id,organization_id,organization_name
1759622400,1759708800,2025-10-05T00:00:00+00:00,2025-10-06T00:00:00+00:00,0.8958740000000000,usd,"gpt-4o-2024-08-06, input",,org,"Me, Inc"
1759622400,1759708800,2025-10-05T00:00:00+00:00,2025-10-06T00:00:00+00:00,0.1,usd,"gpt-4o-2024-08-06, output",,org,"Me, Inc"
1759968000,1760054400,2025-10-09T00:00:00+00:00,2025-10-10T00:00:00+00:00,,,,,,
`;
const ANTHROPIC_USAGE_CSV = `usage_date_utc,model_version,api_key,workspace,usage_type,context_window,usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,usage_output_tokens,web_search_count,inference_geo,speed
2026-03-22,claude-sonnet-4-20250514,test-key,Default,standard,≤ 200k,1000,200,30,4,5000,10,not_available,
`;
const ANTHROPIC_COSTS_CSV = `usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,cost_type
2026-04-06,Claude Sonnet 4.5,Default,key,message,≤ 200k,input_no_cache,0.01,token
2026-04-06,Claude Sonnet 4.5,Default,key,message,≤ 200k,input_cache_read,18.71,token
2026-04-06,,Default,key,,,,0.5,web_search
`;

const row = (
  day: string,
  model: string,
  nanos: number | null,
  inputTokens: number | null = null,
  outputTokens: number | null = null,
) => ({
  day,
  model,
  nanos,
  inputTokens,
  outputTokens,
});

describe('readExport', () => {
  it.each<[string, ExportProvider, string, object[]]>([
    [
      'OpenAI usage',
      'openai',
      page(
        bucket({
          object: 'organization.usage.completions.result',
          model: 'gpt-4o-2024-08-06',
          input_tokens: 9,
          output_tokens: 2,
          input_cached_tokens: 4,
          num_model_requests: 1,
        }),
      ),
      [row('2024-11-01', 'gpt-4o', null, 9, 2)],
    ],
    [
      'OpenAI costs',
      'openai',
      page(
        bucket({
          object: 'organization.costs.result',
          amount: { value: 0.06, currency: 'usd' },
          line_item: null,
        }),
        bucket({ amount: { value: 1.2e-7, currency: 'usd' }, line_item: 'gpt-4o-mini-2024-07-18, output' }),
      ),
      [row('2024-11-01', '(no model)', 60_000_000), row('2024-11-01', 'gpt-4o-mini', 120)],
    ],
    ['OpenAI usage', 'openai', OPENAI_USAGE_CSV, [row('2025-10-05', 'gpt-4o', null, 60_000, 11_000)]],
    [
      'OpenAI usage',
      'openai',
      OPENAI_USAGE_CSV.replaceAll(',', '\t'),
      [row('2025-10-05', 'gpt-4o', null, 60_000, 11_000)],
    ],
    [
      'OpenAI costs (CSV)',
      'openai',
      OPENAI_COSTS_CSV,
      [row('2025-10-05', 'gpt-4o', 995_874_000), row('2025-10-09', '(no model)', 0)],
    ],
    [
      'Anthropic usage report',
      'anthropic',
      page(
        report({
          model: 'claude-sonnet-4-5-20250929',
          uncached_input_tokens: 1000,
          cache_read_input_tokens: 4,
          cache_creation: { ephemeral_5m_input_tokens: 200, ephemeral_1h_input_tokens: 30 },
          output_tokens: 50,
          server_tool_use: { web_search_requests: 1 },
        }),
      ),
      [row('2026-11-01', 'claude-sonnet-4-5', null, 1234, 50)],
    ],
    [
      'Anthropic cost report',
      'anthropic',
      page(
        report(
          { amount: '123.45', currency: 'USD', cost_type: 'tokens', model: 'claude-sonnet-4-5-20250929' },
          { amount: '-23.45', currency: 'USD', cost_type: 'tokens', model: 'claude-sonnet-4-5' },
          { amount: '1', currency: 'USD', cost_type: 'web_search', model: null },
        ),
      ),
      [row('2026-11-01', 'claude-sonnet-4-5', 1_000_000_000), row('2026-11-01', '(no model)', 10_000_000)],
    ],
    [
      'Anthropic usage (CSV)',
      'anthropic',
      ANTHROPIC_USAGE_CSV,
      [row('2026-03-22', 'claude-sonnet-4', null, 1234, 5000)],
    ],
    [
      'Anthropic costs (CSV)',
      'anthropic',
      ANTHROPIC_COSTS_CSV,
      [row('2026-04-06', 'claude-sonnet-4-5', 18_720_000_000), row('2026-04-06', '(no model)', 500_000_000)],
    ],
  ])('reads %s of %s', (format, provider, text, rows) => {
    expect(readExport(provider, text)).toEqual({ ok: true, value: { format, rows, isWhole: true } });
  });

  it('says when there is another page', () => {
    const first = page(bucket({ model: 'a', input_tokens: 1, output_tokens: 1 }));
    expect(readExport('openai', first.replace('false', 'true'))).toMatchObject({ value: { isWhole: false } });
    expect(readExport('openai', `[${first},${first}]`)).toMatchObject({
      value: { isWhole: true, rows: [{ inputTokens: 2 }] },
    });
  });

  it.each<[ExportProvider, string, string]>([
    ['openai', '', 'has no rows'],
    ['openai', '{', 'is not valid JSON'],
    ['openai', '{"error": {}}', 'has no `data`'],
    ['openai', ANTHROPIC_COSTS_CSV, 'is none of: OpenAI costs'],
    ['anthropic', OPENAI_USAGE_CSV, 'is none of: Anthropic'],
    [
      'openai',
      page(bucket({ model: null, input_tokens: 5, output_tokens: 1 })),
      'row 1: has no model: export it by model',
    ],
    [
      'openai',
      page(bucket({ amount: { value: 1, currency: 'eur' }, line_item: null })),
      'row 1: has no amount in US dollars',
    ],
    ['anthropic', 'usage_date_utc,model,cost_usd\n2026-01-01,x,abc', 'row 1: has no amount'],
    ['anthropic', 'usage_date_utc,model,cost_usd\nyesterday,x,1', 'row 1: has no day'],
  ])('refuses what is no export of %s: %s', (provider, text, says) => {
    const read = readExport(provider, text);
    expect(read.ok ? null : read.error).toContain(says);
  });
});

describe('modelKey', () => {
  it.each([
    ['gpt-4o-2024-08-06', 'gpt-4o'],
    ['gpt-4.1-mini', 'gpt-4.1-mini'],
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5'],
    ['Claude Sonnet 4.5', 'claude-sonnet-4-5'],
    ['claude-3-5-haiku-latest', 'claude-haiku-3-5'],
    ['Claude Haiku 3.5', 'claude-haiku-3-5'],
    ['(no model)', '(no model)'],
  ])('%s is %s', (name, key) => {
    expect(modelKey(name)).toBe(key);
  });
});
