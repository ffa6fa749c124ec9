// What a stop of everything, of an app or of a provider key reaches. Pure; the broker decides, this says it before.

import type { Grant, NewStop, Stop } from '../api/types.ts';
import { isLive } from './grants.ts';

/** The stop in force of exactly this. */
export const findStop = (stops: readonly Stop[], what: NewStop): Stop | undefined =>
  stops.find(
    (stop) =>
      stop.scope === what.scope &&
      (what.scope !== 'app' || stop.client?.id === what.client_id) &&
      (what.scope !== 'provider_key' || stop.provider_key?.id === what.provider_key_id),
  );

/** Grants that can be used now and could not any more. An app takes along what it delegated. */
export const reachedBy = (what: NewStop, grants: readonly Grant[]): readonly Grant[] => {
  const usable = grants.filter((grant) => isLive(grant) && grant.status === 'active' && !grant.stopped_by);
  if (what.scope === 'everything') return usable;
  if (what.scope === 'provider_key')
    return usable.filter(({ parts }) => parts.some((part) => part.provider_key?.id === what.provider_key_id));
  const byId = new Map(grants.map((grant) => [grant.id, grant]));
  const isOfApp = (grant: Grant | undefined): boolean =>
    grant !== undefined &&
    (grant.client?.id === what.client_id || isOfApp(byId.get(grant.parent_grant_id ?? '')));
  return usable.filter(isOfApp);
};
