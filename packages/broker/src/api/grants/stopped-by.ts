// Which stop keeps a grant from being used, for its owner to see. The ledger decides by its links; this says it in a word.

import type { Grant, Stop, StopTarget } from '../../grants/contract.ts';
import { type Kin, pathOf } from './lineage.ts';

/** The widest stop that holds the grant; null if none does. One of a provider key holds it when it has no other. */
export const stoppedBy = (
  { id, parts }: Pick<Grant, 'id' | 'parts'>,
  stops: readonly Stop[],
  kin: ReadonlyMap<string, Kin>,
): StopTarget['scope'] | null => {
  const targets = stops.map(({ what }) => what);
  const whole = targets.find(({ scope }) => scope === 'suspension' || scope === 'everything');
  if (whole) return whole.scope;
  const keys = new Set(targets.flatMap((what) => (what.scope === 'provider_key' ? what.providerKeyId : [])));
  if (parts.length > 0 && parts.every(({ providerKeyId }) => keys.has(providerKeyId))) return 'provider_key';
  const apps = new Set(targets.flatMap((what) => (what.scope === 'app' ? what.clientId : [])));
  return pathOf(id, kin).some(({ clientId }) => clientId !== null && apps.has(clientId)) ? 'app' : null;
};
