// `valetkey audit verify`: whether an exported journal is whole and unchanged. Offline, for anyone who has the files: no login, no server,
// no database.

import { fail, succeed } from '@valetkey/core';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { failWith } from '../failure.ts';
import { moment, words } from '../format.ts';
import { t } from '../messages/messages.ts';

const toTime = (atMs: number): string => new Date(atMs).toISOString();

/** `valetkey audit verify` */
export const auditVerify = defineCommand({
  name: 'audit verify',
  summary: t.auditVerify.summary,
  args: ['file'],
  flags: {
    checkpoints: { type: 'string', value: 'FILE', help: t.auditVerify.checkpoints },
    keys: { type: 'string', value: 'FILE', help: t.auditVerify.keys },
    part: { type: 'boolean', help: t.auditVerify.part },
    json: SERVER_FLAGS.json,
  },
  examples: [
    'valetkey audit verify journal.jsonl --checkpoints valetkey.checkpoints.jsonl --keys keys.json',
    'valetkey audit verify november.jsonl --part',
  ],
  read({ checkpoints, keys, part = false }, [journal = '']) {
    if ((checkpoints === undefined) !== (keys === undefined)) return fail(t.auditVerify.goTogether);
    const signed = checkpoints === undefined || keys === undefined ? null : { checkpoints, keys };
    return succeed({ journal, signed, isPart: part });
  },
  async run(files, { world, terminal }) {
    const verified = await world.verifyExport(files);
    // The fault is evidence that is quoted: in English, as the broker's own check says it.
    if (!verified.ok) return failWith(verified.error.problem);
    const { owner, entries, checkpoints, signedSeq, removed, ...ends } = verified.value;
    const { firstSeq, firstAtMs, lastSeq, lastAtMs, lastHash } = ends;
    const first = { seq: firstSeq, at: toTime(firstAtMs) };
    const last = { seq: lastSeq, at: toTime(lastAtMs), hash: lastHash };
    const gone = removed && {
      calls: removed.calls,
      entries: removed.entries,
      before: toTime(removed.untilMs),
      by_seq: removed.seq,
      checkpoints: removed.checkpoints,
    };
    const found = { owner, entries, first, last, checkpoints, signed_seq: signedSeq, removed: gone };
    terminal.result(found, [
      ['Owner', words(owner)],
      ['Entries, all in place and unchanged', words(entries)],
      ['First', moment(first.at)],
      ['Last', moment(last.at)],
      ['Last entry', words(lastSeq)],
      ['Its hash', words(lastHash)],
      ['Checkpoints that agree', words(checkpoints)],
      ['Signed up to entry', words(signedSeq)],
      ...(gone === null
        ? []
        : [
            ['Old calls that were removed', words(gone.calls)] as const,
            ['All from before', moment(gone.before)] as const,
            ['Named by entry', words(gone.by_seq)] as const,
            ['Checkpoints of removed entries', words(gone.checkpoints)] as const,
          ]),
    ]);
    const rest = lastSeq - (signedSeq ?? firstSeq - 1);
    if (files.signed === null) terminal.say(t.auditVerify.unsigned);
    else if (rest > 0) terminal.say(t.auditVerify.unsignedEnd(rest));
    return succeed(undefined);
  },
});
