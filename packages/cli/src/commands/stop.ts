// `valetkey stop` and `valetkey resume`: nothing is forwarded for everything, an app or a provider key in between. They do not ask: in
// distress a question costs time, and the way back is one command.

import { fail, type Result, succeed } from '@valetkey/core';
import type { Page, Stop, Stopped } from '../api-types.ts';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { failWith } from '../failure.ts';
import { moment, words } from '../format.ts';
import { t } from '../messages/messages.ts';

const FLAGS = {
  ...SERVER_FLAGS,
  all: { type: 'boolean', help: t.stop.all },
  app: { type: 'string', value: 'client', help: t.stop.app },
  key: { type: 'string', value: 'id', help: t.stop.key },
} as const;

interface Target {
  readonly scope: Stop['scope'];
  readonly client_id?: string;
  readonly provider_key_id?: string;
}

const readTarget = (flags: { all?: boolean; app?: string; key?: string }): Result<Target, string> => {
  const { all, app, key } = flags;
  if ([all === true, app !== undefined, key !== undefined].filter(Boolean).length !== 1)
    return fail(t.stop.nameOne);
  if (app !== undefined) return succeed({ scope: 'app', client_id: app });
  return succeed(
    key === undefined ? { scope: 'everything' } : { scope: 'provider_key', provider_key_id: key },
  );
};

const flagOf = ({ scope, client_id, provider_key_id }: Target): string =>
  scope === 'everything' ? '--all' : scope === 'app' ? `--app ${client_id}` : `--key ${provider_key_id}`;

const isOf = (target: Target, { scope, client, provider_key }: Stop): boolean =>
  scope === target.scope &&
  (scope === 'everything' ||
    (scope === 'app' ? client?.id === target.client_id : provider_key?.id === target.provider_key_id));

/** `valetkey stop` */
export const stop = defineCommand({
  name: 'stop',
  summary: t.stop.summary,
  flags: FLAGS,
  examples: ['valetkey stop --all', 'valetkey stop --app app_1', 'valetkey stop --key pk_1'],
  read: (flags) => readTarget(flags),
  async run(target, { api, terminal }) {
    const done = await api.call<Stopped>('POST', '/stops', target);
    if (!done.ok) return done;
    const { stop, grants_stopped, streams_cut } = done.value;
    terminal.say(t.stop.done(flagOf(target)));
    terminal.result(done.value, [
      ['Stopped', moment(stop.began_at)],
      ['Grants stopped', words(grants_stopped)],
      ['Running calls ended', words(streams_cut)],
    ]);
    return succeed(undefined);
  },
});

/** `valetkey resume` */
export const resume = defineCommand({
  name: 'resume',
  summary: t.resume.summary,
  flags: FLAGS,
  examples: ['valetkey resume --all', 'valetkey resume --app app_1', 'valetkey resume --key pk_1'],
  read: (flags) => readTarget(flags),
  async run(target, { api, terminal }) {
    const stops = await api.call<Page<Stop>>('GET', '/stops');
    if (!stops.ok) return stops;
    const found = stops.value.data.find((each) => isOf(target, each));
    if (!found) return failWith(t.resume.notStopped);
    const ended = await api.call('DELETE', `/stops/${encodeURIComponent(found.id)}`);
    if (!ended.ok) return ended;
    terminal.say(t.resume.done(stops.value.data.length - 1));
    terminal.result({ id: found.id, resumed: true }, [['Resumed', words(found.id)]]);
    return succeed(undefined);
  },
});
