// `valetkey usage import`: holds a provider's own export against the journal, by day and model. Reads only; nothing is imported for good.

import { fail, succeed, usdDecimal, usdNanos } from '@valetkey/core';
import type { Page } from '../api-types.ts';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { failWith } from '../failure.ts';
import { money, removedWords, said, words } from '../format.ts';
import { t } from '../messages/messages.ts';
import type { Cell, Column } from '../terminal.ts';
import { modelKey } from '../usage-export/model-key.ts';
import { type ExportProvider, NO_MODEL, readExport, type UsageExport } from '../usage-export/read-export.ts';

/** `GET /usage/models` */
interface ModelUsage {
  readonly day: string;
  readonly model: string;
  readonly calls: number;
  readonly usd: string;
  readonly unconfirmed_usd: string;
  readonly input_tokens: number;
  readonly output_tokens: number;
}

interface Amounts {
  readonly usd: string | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
}

interface Compared {
  readonly day: string;
  readonly model: string;
  readonly provider: Amounts;
  readonly journal: Amounts & { readonly calls: number; readonly unconfirmed_usd: string };
  /** The provider's figure less the journal's; null where the export does not have it. */
  readonly difference: Amounts;
}

const DIFFERENT = (isZero: boolean, cell: Cell): Cell => (isZero ? cell : { ...cell, tone: 'warning' });

const moneyColumns: readonly Column<Compared>[] = [
  { title: 'PROVIDER', cell: ({ provider }) => money(provider.usd), align: 'right' },
  { title: 'JOURNAL', cell: ({ journal }) => money(journal.usd), align: 'right' },
  {
    title: 'DIFFERENCE',
    cell: ({ difference }) => DIFFERENT(difference.usd === '0', money(difference.usd)),
    align: 'right',
  },
  { title: 'UNCONFIRMED', cell: ({ journal }) => money(journal.unconfirmed_usd), align: 'right' },
];

const tokenColumns: readonly Column<Compared>[] = (['input_tokens', 'output_tokens'] as const).flatMap(
  (name): Column<Compared>[] => [
    {
      title: `${name === 'input_tokens' ? 'IN' : 'OUT'}: PROVIDER`,
      cell: ({ provider }) => words(provider[name]),
      align: 'right',
    },
    { title: 'JOURNAL', cell: ({ journal }) => words(journal[name]), align: 'right' },
    {
      title: 'DIFFERENCE',
      cell: ({ difference }) => DIFFERENT(difference[name] === 0, words(difference[name])),
      align: 'right',
    },
  ],
);

const columnsFor = (rows: readonly Compared[]): readonly Column<Compared>[] => [
  { title: 'DAY', cell: ({ day }) => words(day) },
  { title: 'MODEL', cell: modelCell, shrinks: true },
  { title: 'CALLS', cell: ({ journal }) => words(journal.calls), align: 'right' },
  ...(rows.some(({ provider }) => provider.usd !== null) ? moneyColumns : tokenColumns),
];

function modelCell({ model }: Compared): Cell {
  return model === NO_MODEL ? said(({ usageExport }) => usageExport.noModelName) : words(model);
}

/** Calls of every spelling of a model, by its one key. */
function sumJournal(usage: readonly ModelUsage[]): Map<string, ModelUsage> {
  const sums = new Map<string, ModelUsage>();
  for (const row of usage) {
    const model = modelKey(row.model);
    const before = sums.get(`${row.day} ${model}`);
    const add = (a: string, b: string | undefined) => usdDecimal(usdNanos(a) + usdNanos(b ?? '0'));
    sums.set(`${row.day} ${model}`, {
      day: row.day,
      model,
      calls: row.calls + (before?.calls ?? 0),
      usd: add(row.usd, before?.usd),
      unconfirmed_usd: add(row.unconfirmed_usd, before?.unconfirmed_usd),
      input_tokens: row.input_tokens + (before?.input_tokens ?? 0),
      output_tokens: row.output_tokens + (before?.output_tokens ?? 0),
    });
  }
  return sums;
}

const NONE = { calls: 0, usd: '0', unconfirmed_usd: '0', input_tokens: 0, output_tokens: 0 };

/** Every day and model that either side knows, in order. */
function compare({ rows }: UsageExport, usage: readonly ModelUsage[]): readonly Compared[] {
  const journal = sumJournal(usage);
  const exported = new Map(rows.map((row) => [`${row.day} ${row.model}`, row]));
  const hasCost = rows.some(({ nanos }) => nanos !== null);
  return [...new Set([...exported.keys(), ...journal.keys()])].toSorted().map((key) => {
    const theirs = exported.get(key);
    const { day, model, ...ours } = { ...(theirs ?? { day: '', model: '' }), ...NONE, ...journal.get(key) };
    const { calls, usd, unconfirmed_usd, input_tokens, output_tokens } = ours;
    const nanos = hasCost ? (theirs?.nanos ?? 0) : null;
    const [input, output] = hasCost ? [null, null] : [theirs?.inputTokens ?? 0, theirs?.outputTokens ?? 0];
    return {
      day,
      model,
      provider: {
        usd: nanos === null ? null : usdDecimal(nanos),
        input_tokens: input,
        output_tokens: output,
      },
      journal: { calls, usd, unconfirmed_usd, input_tokens, output_tokens },
      difference: {
        usd: nanos === null ? null : usdDecimal(nanos - usdNanos(usd)),
        input_tokens: input === null ? null : input - input_tokens,
        output_tokens: output === null ? null : output - output_tokens,
      },
    };
  });
}

/** `valetkey usage import` */
export const usageImport = defineCommand({
  name: 'usage import',
  summary: t.usageImport.summary,
  args: ['file'],
  flags: {
    ...SERVER_FLAGS,
    provider: { type: 'string', value: 'NAME', help: t.usageImport.provider },
  },
  examples: ['valetkey usage import --provider openai costs.csv'],
  read({ provider }, [file]) {
    if (provider !== 'openai' && provider !== 'anthropic') return fail(t.usageImport.providerWanted);
    return succeed({ provider: provider as ExportProvider, file: file! });
  },
  async run({ provider, file }, { api, terminal, world }) {
    const text = world.readFile(file);
    if (!text.ok) return failWith(text.error);
    const exported = readExport(provider, text.value);
    if (!exported.ok) return failWith(t.usageImport.unreadable(file, exported.error));
    const days = exported.value.rows.map(({ day }) => day).toSorted();
    const [from = '', to = ''] = [days[0], days.at(-1)];
    const query = new URLSearchParams({ provider, from, to });
    const usage = await api.call<Page<ModelUsage>>('GET', `/usage/models?${query}`);
    if (!usage.ok) return usage;
    const rows = compare(exported.value, usage.value.data);
    terminal.say(t.usageImport.period(exported.value.format, from, to));
    if (!exported.value.isWhole) terminal.say(t.usageImport.notWhole);
    const { removed } = usage.value;
    if (removed && from < removed.before) terminal.say(removedWords(removed));
    terminal.list(rows, columnsFor(rows), t.usageImport.nothing);
    return succeed(undefined);
  },
});
