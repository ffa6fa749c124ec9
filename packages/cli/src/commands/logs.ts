// `valetkey logs`: the last calls, oldest first as in any log.

import { fail, type Result, succeed } from '@valetkey/core';
import type { Call, Page } from '../api-types.ts';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { moment, money, removedWords, status, words } from '../format.ts';
import { parseCount } from '../parse-count.ts';
import type { Cell, Column } from '../terminal.ts';

const COLUMNS: readonly Column<Call>[] = [
  { title: 'TIME', cell: ({ at }) => moment(at) },
  {
    title: 'APP',
    cell: ({ grant_name, client_name, grant_id }) => words(grant_name ?? client_name ?? grant_id),
    shrinks: true,
  },
  { title: 'PROVIDER', cell: ({ provider }) => words(provider) },
  { title: 'MODEL', cell: ({ model }) => words(model), shrinks: true },
  { title: 'OUTCOME', cell: outcome },
  { title: 'TOKENS', cell: ({ tokens }) => words(tokens && tokens.input + tokens.output), align: 'right' },
  { title: 'COST', cell: ({ cost_usd }) => money(cost_usd), align: 'right' },
  { title: 'DEVICE', cell: ({ device }) => words(device?.name ?? null) },
];

/** Which calls to show. */
export interface LogsOptions {
  readonly last: number;
  readonly app: string | null;
  readonly tree: boolean;
  readonly status: string | null;
}

/** `valetkey logs` */
export const logs = defineCommand({
  name: 'logs',
  summary: 'Show the last calls: who, what, outcome, cost',
  flags: {
    ...SERVER_FLAGS,
    last: { type: 'string', value: 'N', help: 'how many (default: 20)' },
    app: { type: 'string', value: 'GRANT', help: 'only those of one app' },
    tree: { type: 'boolean', help: 'with --app: also those of what was delegated from it' },
    status: { type: 'string', value: 'STATUS', help: 'only those that are settled, refused, ceiling, ...' },
  },
  examples: ['valetkey logs', 'valetkey logs --app gr_1 --last 100', 'valetkey logs --status refused --json'],
  read(flags): Result<LogsOptions, string> {
    const last = parseCount('--last', flags.last ?? '20', 200);
    if (!last.ok) return last;
    const { app = null, tree = false, status = null } = flags;
    if (tree && app === null) return fail('--tree goes with --app');
    return succeed({ last: last.value, app, tree, status });
  },
  async run({ last, app, tree, status }, { api, terminal }) {
    const query = new URLSearchParams({ limit: String(last) });
    if (app !== null) query.set('grant_id', app);
    if (tree) query.set('include', 'descendants');
    if (status !== null) query.set('status', status);
    const calls = await api.call<Page<Call>>('GET', `/calls?${query}`);
    if (!calls.ok) return calls;
    const { data, removed } = calls.value;
    terminal.list(data.toReversed(), COLUMNS, 'No calls yet.');
    // Only where the list ends because the calls do.
    if (removed && data.length < last) terminal.say(removedWords(removed));
    return succeed(undefined);
  },
});

/** The status, or why the call was refused. */
function outcome({ status: word, refusal }: Call): Cell {
  return refusal === null ? status(word) : { ...status(word), text: refusal };
}
