// Reads what providers export of usage and costs: pages of their administration APIs as JSON, tables of their consoles as CSV. Which of
// them a file is shows in its columns or members. MUST NOT guess: a file that is none of them is refused.

import { fail, parseRate, type Result, succeed } from '@valetkey/core';
import { t } from '../messages/messages.ts';
import { modelKey } from './model-key.ts';
import { parseCsv } from './parse-csv.ts';

/** Providers whose exports are known. */
export type ExportProvider = 'openai' | 'anthropic';

/** What an export says of one model on one day. Null: it does not speak of that. */
export interface ExportedUsage {
  /** `2026-11-22`, UTC. */
  readonly day: string;
  readonly model: string;
  readonly nanos: number | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
}

/** An export, added up by day and model. */
export interface UsageExport {
  /** What it is, for people, in their language. */
  readonly format: string;
  readonly rows: readonly ExportedUsage[];
  /** False when the provider says that there is another page. */
  readonly isWhole: boolean;
}

type Row = Readonly<Record<string, unknown>>;

/** Where one kind of row has what. */
interface Format {
  readonly name: string;
  /** Members or columns by which the kind is known. */
  readonly has: readonly string[];
  readonly day: (row: Row) => unknown;
  readonly model: (row: Row) => unknown;
  readonly nanos?: (row: Row) => number | null;
  readonly input?: readonly string[];
  readonly output?: readonly string[];
}

/** In the place of a model: costs that belong to none. */
export const NO_MODEL = '(no model)';

/** Decimal text, read digit by digit; what a credit gives back is negative. */
const toNanos = (value: unknown, perUsd = 1): number | null => {
  const text = String(value ?? '').trim();
  const nanos = parseRate(text.replace(/^-/, ''), perUsd * 1_000_000);
  return nanos !== null && text.startsWith('-') ? -nanos : nanos;
};

const usdOnly = (currency: unknown, nanos: number | null): number | null =>
  String(currency ?? 'usd').toLowerCase() === 'usd' ? nanos : null;

/** `gpt-4o-2024-08-06, input` names a model, `web search tool calls` does not. */
const modelOfLineItem = (value: unknown): string => {
  const text = String(value ?? '');
  return text.includes(', ') ? (text.split(', ', 1)[0] ?? NO_MODEL) : text || NO_MODEL;
};

const ANTHROPIC_INPUT = ['uncached_input_tokens', 'cache_read_input_tokens', 'cache_creation'];
const CONSOLE_INPUT = ['no_cache', 'cache_write_5m', 'cache_write_1h', 'cache_read'];

const FORMATS: Readonly<Record<ExportProvider, readonly Format[]>> = {
  openai: [
    {
      name: t.usageExport.openaiCosts,
      has: ['amount'],
      day: (row) => row.start_time,
      model: (row) => modelOfLineItem(row.line_item),
      nanos: ({ amount }) => {
        const { value, currency } = (amount ?? {}) as Row;
        return usdOnly(currency, toNanos(value));
      },
    },
    {
      name: t.usageExport.openaiCostsCsv,
      has: ['amount_value'],
      day: (row) => row.start_time,
      model: (row) => modelOfLineItem(row.line_item),
      nanos: (row) => (row.amount_value === '' ? 0 : usdOnly(row.amount_currency, toNanos(row.amount_value))),
    },
    {
      name: t.usageExport.openaiUsage,
      has: ['model', 'input_tokens'],
      day: (row) => row.start_time,
      model: (row) => row.model,
      input: ['input_tokens'],
      output: ['output_tokens'],
    },
  ],
  anthropic: [
    {
      name: t.usageExport.anthropicCosts,
      has: ['amount', 'cost_type'],
      day: (row) => row.starting_at,
      model: (row) => row.model ?? NO_MODEL,
      // In cents: https://platform.claude.com/docs/en/api/admin/cost_report
      nanos: (row) => usdOnly(row.currency, toNanos(row.amount, 100)),
    },
    {
      name: t.usageExport.anthropicCostsCsv,
      has: ['usage_date_utc', 'cost_usd'],
      day: (row) => row.usage_date_utc,
      model: (row) => row.model || NO_MODEL,
      nanos: (row) => toNanos(row.cost_usd),
    },
    {
      name: t.usageExport.anthropicUsageCsv,
      has: ['usage_date_utc', 'usage_output_tokens'],
      day: (row) => row.usage_date_utc,
      model: (row) => row.model_version,
      input: CONSOLE_INPUT.map((kind) => `usage_input_tokens_${kind}`),
      output: ['usage_output_tokens'],
    },
    {
      name: t.usageExport.anthropicUsage,
      has: ['model', 'uncached_input_tokens'],
      day: (row) => row.starting_at,
      model: (row) => row.model,
      input: ANTHROPIC_INPUT,
      output: ['output_tokens'],
    },
  ],
};

/** Reads an export; fails with what is wrong with the file. */
export function readExport(provider: ExportProvider, text: string): Result<UsageExport, string> {
  const found = /^\s*[[{]/.test(text) ? fromPages(text) : succeed({ rows: parseCsv(text), isWhole: true });
  if (!found.ok) return found;
  const { rows, isWhole } = found.value;
  const [first] = rows;
  if (!first) return fail(t.usageExport.noRows);
  const format = FORMATS[provider].find(({ has }) => has.every((name) => Object.hasOwn(first, name)));
  if (!format) return fail(t.usageExport.noneOf(FORMATS[provider].map(({ name }) => name)));
  const sums = new Map<string, ExportedUsage>();
  for (const [at, row] of rows.entries()) {
    const read = readRow(format, row);
    if (typeof read === 'string') return fail(t.usageExport.row(at + 1, read));
    if (read) addTo(sums, read);
  }
  return succeed({ format: format.name, rows: [...sums.values()], isWhole });
}

/** Every result of a page, or of a list of pages, with the times of its bucket. */
function fromPages(text: string): Result<{ rows: readonly Row[]; isWhole: boolean }, string> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return fail(t.usageExport.notJson);
  }
  const pages = (Array.isArray(json) ? json : [json]) as readonly {
    data?: readonly (Row & { results?: readonly Row[] })[];
    has_more?: boolean;
  }[];
  if (!pages.every((page) => Array.isArray(page?.data))) return fail(t.usageExport.noData);
  const rows = pages.flatMap(({ data = [] }) =>
    data.flatMap(({ results = [], ...bucket }) => results.map((result) => ({ ...bucket, ...result }))),
  );
  return succeed({ rows, isWhole: pages.at(-1)?.has_more !== true });
}

/** One row; null for a bucket in which nothing happened, words for one that cannot be read. */
function readRow(format: Format, row: Row): ExportedUsage | string | null {
  const day = toDay(format.day(row));
  if (day === null) return t.usageExport.noDay;
  const model = format.model(row);
  if (typeof model !== 'string' || model === '')
    return format.nanos ? t.usageExport.noModel : isEmpty(row) ? null : t.usageExport.notByModel;
  const nanos = format.nanos?.(row);
  if (nanos === null) return t.usageExport.noUsd;
  const inputTokens = format.input ? sumOf(row, format.input) : null;
  const outputTokens = format.output ? sumOf(row, format.output) : null;
  return { day, model: modelKey(model), nanos: nanos ?? null, inputTokens, outputTokens };
}

const isEmpty = ({ input_tokens, output_tokens, uncached_input_tokens }: Row): boolean =>
  [input_tokens, output_tokens, uncached_input_tokens].every((count) => !Number(count ?? 0));

function toDay(value: unknown): string | null {
  const text = String(value ?? '');
  if (/^\d{4}-\d{2}-\d{2}/.test(text)) return text.slice(0, 10);
  return /^\d{9,10}(\.0)?$/.test(text) ? new Date(Number(text) * 1000).toISOString().slice(0, 10) : null;
}

/** Counts by these names, those of a nested object together. */
const sumOf = (row: Row, names: readonly string[]): number =>
  names.reduce((sum, name) => {
    const value = row[name];
    const counts = typeof value === 'object' && value !== null ? Object.values(value) : [value];
    return sum + counts.reduce((total, count) => total + (Number(count) || 0), 0);
  }, 0);

const plus = (a: number | null, b: number | null): number | null => (a === null ? b : a + (b ?? 0));

function addTo(sums: Map<string, ExportedUsage>, row: ExportedUsage): void {
  const key = `${row.day} ${row.model}`;
  const before = sums.get(key);
  const { nanos, inputTokens, outputTokens } = row;
  sums.set(key, {
    ...row,
    nanos: before ? plus(before.nanos, nanos) : nanos,
    inputTokens: before ? plus(before.inputTokens, inputTokens) : inputTokens,
    outputTokens: before ? plus(before.outputTokens, outputTokens) : outputTokens,
  });
}
