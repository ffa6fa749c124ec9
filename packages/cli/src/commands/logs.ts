// `valetkey logs`: the last calls, oldest first as in any log, and with `--follow` those that end from now on.

import { fail, type Result, succeed } from '@valetkey/core';
import type { Call, Page } from '../api-types.ts';
import { type Context, defineCommand, SERVER_FLAGS } from '../command.ts';
import type { Failure } from '../failure.ts';
import { moment, money, removedWords, status, words } from '../format.ts';
import { t } from '../messages/messages.ts';
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
  readonly follow: boolean;
  readonly app: string | null;
  readonly tree: boolean;
  /** What the server is to choose by, as its API names it. */
  readonly filter: Readonly<Record<string, string>>;
}

/** `valetkey logs` */
export const logs = defineCommand({
  name: 'logs',
  summary: t.logs.summary,
  flags: {
    ...SERVER_FLAGS,
    last: { type: 'string', value: 'N', help: t.logs.last },
    follow: { type: 'boolean', short: 'f', help: t.logs.follow },
    app: { type: 'string', value: 'GRANT', help: t.logs.app },
    tree: { type: 'boolean', help: t.logs.tree },
    status: { type: 'string', value: 'STATUS', help: t.logs.status },
    provider: { type: 'string', value: 'NAME', help: t.logs.provider },
    model: { type: 'string', value: 'MODEL', help: t.logs.model },
    from: { type: 'string', value: 'DAY', help: t.logs.from },
    to: { type: 'string', value: 'DAY', help: t.logs.to },
  },
  examples: [
    'valetkey logs',
    'valetkey logs -f --app gr_1 --last 100',
    'valetkey logs --status refused --json',
    'valetkey logs --model gpt-5-mini --from 2026-11-01 --to 2026-11-30',
  ],
  read(flags): Result<LogsOptions, string> {
    const last = parseCount('--last', flags.last ?? '20', 200);
    if (!last.ok) return last;
    const { app = null, tree = false, follow = false } = flags;
    const { status, provider, model, from, to } = flags;
    const given = Object.entries({ status, provider, model, from, to }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    );
    if (tree && app === null) return fail(t.logs.treeNeedsApp);
    return succeed({ last: last.value, follow, app, tree, filter: Object.fromEntries(given) });
  },
  async run(options, context) {
    if (options.follow) return follow(options, context);
    const calls = await readCalls(options, options.last, context);
    if (!calls.ok) return calls;
    const { data, removed } = calls.value;
    context.terminal.list(data.toReversed(), COLUMNS, t.logs.none);
    // Only where the list ends because the calls do.
    if (removed && data.length < options.last) context.terminal.say(removedWords(removed));
    return succeed(undefined);
  },
});

/** The newest `limit` calls, newest first. */
function readCalls(
  { app, tree, filter }: LogsOptions,
  limit: number,
  { api }: Context,
): Promise<Result<Page<Call>, Failure>> {
  const query = new URLSearchParams({ limit: String(limit), ...filter });
  if (app !== null) query.set('grant_id', app);
  if (tree) query.set('include', 'descendants');
  return api.call('GET', `/calls?${query}`);
}

const PAUSE_MS = 2000;
const MOST = 200;

/** Shows each call once, when it has ended; ends only by a failure or from outside. */
async function follow(options: LogsOptions, context: Context): Promise<Result<never, Failure>> {
  const { terminal, world } = context;
  let shown: ReadonlySet<string> | null = null;
  // Calls from before the first ones that were asked for are not new, though a longer page shows them.
  let since = '';
  for (;;) {
    const calls = await readCalls(options, shown === null ? options.last : MOST, context);
    if (!calls.ok) return calls;
    const { data } = calls.value;
    if (shown === null) since = data.at(-1)?.at ?? '';
    const ended = data.filter(({ at, status }) => at >= since && status !== 'admitted');
    const fresh = ended.filter(({ id }) => !shown?.has(id));
    if (shown !== null && fresh.length === MOST) terminal.say(t.logs.tooMany);
    terminal.more(fresh.toReversed(), COLUMNS);
    shown = new Set(ended.map(({ id }) => id));
    await world.sleep(PAUSE_MS);
  }
}

/** The status, or why the call was refused. */
function outcome({ status: word, refusal }: Call): Cell {
  return refusal === null ? status(word) : { ...status(word), text: refusal, plain: refusal };
}
