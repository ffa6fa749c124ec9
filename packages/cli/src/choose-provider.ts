// Whose models a program gets: the provider that was named, or the one that fits without a question.

import { type Result, succeed } from '@valetkey/core';
import type { Page, Provider } from './api-types.ts';
import type { Context } from './command.ts';
import { EXIT, type Failure, failWith, usageError } from './failure.ts';
import { t } from './messages/messages.ts';
import type { Dialect } from './program-env.ts';

/**
 * The provider `named`; without a name the only one in the vault, or among several the one whose own dialect the program speaks.
 * `dialect` is the only one that the program speaks, null for any. The sandbox is taken only where nothing else is in the vault. A provider that
 * needs no key is there once it was used by name: before that nobody knows whether it runs.
 */
export async function chooseProvider(
  named: string | null,
  dialect: Dialect | null,
  { api }: Context,
): Promise<Result<Provider, Failure>> {
  const listed = await api.call<Page<Provider>>('GET', '/providers');
  if (!listed.ok) return listed;
  const speaks = (provider: Provider) => dialect === null || provider.dialect === dialect;
  if (named !== null) {
    const provider = listed.value.data.find(({ name }) => name === named);
    if (!provider) return failWith(t.chooseProvider.unknown(named), EXIT.notGranted);
    if (speaks(provider)) return succeed(provider);
    return usageError(t.chooseProvider.otherDialect(dialect!, named));
  }
  const fitting = listed.value.data.filter(speaks);
  const real = fitting.filter(({ has_key, simulated }) => has_key && !simulated);
  const candidates = real.length > 0 ? real : fitting.filter(({ simulated }) => simulated);
  const chosen = candidates.length === 1 ? candidates[0] : candidates.find(({ name }) => name === dialect);
  if (chosen) return succeed(chosen);
  const names = (candidates.length > 0 ? candidates : fitting).map(({ name }) => name).join(', ');
  return candidates.length > 0
    ? usageError(t.chooseProvider.choose(names))
    : failWith(t.chooseProvider.noKey(names));
}
