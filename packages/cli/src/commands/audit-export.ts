// `valetkey audit export`: your journal on standard output, as evidence for others or for a system that collects logs.

import { fail, type Result, succeed } from '@valetkey/core';
import type { Page } from '../api-types.ts';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { failWith } from '../failure.ts';
import { removedWords } from '../format.ts';
import { t } from '../messages/messages.ts';

const FORMATS = ['jsonl', 'ecs'];

const readMoment = (flag: string, text: string | undefined): Result<string | null, string> =>
  text === undefined || !Number.isNaN(Date.parse(text))
    ? succeed(text ?? null)
    : fail(t.auditExport.momentWanted(flag));

/** `valetkey audit export` */
export const auditExport = defineCommand({
  name: 'audit export',
  summary: t.auditExport.summary,
  flags: {
    url: SERVER_FLAGS.url,
    from: { type: 'string', value: 'TIME', help: t.auditExport.from },
    to: { type: 'string', value: 'TIME', help: t.auditExport.to },
    format: { type: 'string', value: 'FORMAT', help: t.auditExport.format },
  },
  examples: [
    'valetkey audit export > journal.jsonl',
    'valetkey audit export --from 2026-11-01 --to 2026-12-01 --format ecs > november.ndjson',
  ],
  read(flags) {
    const format = flags.format ?? 'jsonl';
    if (!FORMATS.includes(format)) return fail(t.auditExport.formatWanted);
    const [from, to] = [readMoment('--from', flags.from), readMoment('--to', flags.to)];
    if (!from.ok) return from;
    return to.ok ? succeed({ format, from: from.value, to: to.value }) : to;
  },
  async run({ format, from, to }, { api, terminal, world }) {
    // Names in it come from apps: a terminal might act on what they hold.
    if (world.stdout.isTerminal) return failWith(t.auditExport.notForTerminals);
    const query = new URLSearchParams({ format, ...(from && { from }), ...(to && { to }) });
    const chunks = await api.download(`/audit/export?${query}`);
    if (!chunks.ok) return chunks;
    try {
      for await (const chunk of chunks.value) await world.writeOut(chunk);
    } catch {
      return failWith(t.auditExport.brokeOff);
    }
    const changes = await api.call<Page<unknown>>('GET', '/audit/changes?limit=1');
    if (changes.ok && changes.value.removed) terminal.say(removedWords(changes.value.removed));
    return succeed(undefined);
  },
});
