// `valetkey calls correct`: puts the provider's figure in the place of a ceiling that nothing has confirmed.

import { succeed } from '@valetkey/core';
import { defineCommand, SERVER_FLAGS } from '../command.ts';
import { money, words } from '../format.ts';
import { t } from '../messages/messages.ts';

interface CorrectedCall {
  readonly id: string;
  readonly cost_usd: string;
  readonly was_usd: string;
}

/** `valetkey calls correct` */
export const callsCorrect = defineCommand({
  name: 'calls correct',
  summary: t.callsCorrect.summary,
  args: ['call', 'usd'],
  flags: SERVER_FLAGS,
  examples: ['valetkey calls correct call_1 0.0042', 'valetkey calls correct call_1 0'],
  read: (_flags, [id, usd]) => succeed({ id: id!, usd: usd!.replace(/^\$/, '') }),
  async run({ id, usd }, { api, terminal }) {
    const path = `/calls/${encodeURIComponent(id)}/correct`;
    const corrected = await api.call<CorrectedCall>('POST', path, { cost_usd: usd });
    if (!corrected.ok) return corrected;
    terminal.result(corrected.value, [
      ['Call', words(corrected.value.id)],
      ['Was', money(corrected.value.was_usd)],
      ['Cost', money(corrected.value.cost_usd)],
    ]);
    return succeed(undefined);
  },
});
