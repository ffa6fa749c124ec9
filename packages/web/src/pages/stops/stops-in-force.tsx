// What is stopped as a whole now, since when, each with the button that resumes it. Nothing while nothing is. That everything is stopped
// stands on every page, what else is on those that are about it.

import { useQuery } from '@tanstack/react-query';
import { stopsQuery } from '../../api/queries.ts';
import type { Stop } from '../../api/types.ts';
import { t } from '../../messages/messages.ts';
import { RelativeTime } from '../../ui/moment.tsx';
import { ResumeButton } from './stop-control.tsx';

const nameOf = ({ scope, client, provider_key: key }: Stop): string => {
  if (scope === 'everything') return t.stops.names.everything;
  if (scope === 'app') return t.stops.names.app(client?.name ?? '');
  if (scope !== 'provider_key') return scope;
  return key ? t.stops.names.provider_key(key.provider, key.label) : t.stops.names.removedKey;
};

/** That everything is stopped. */
export const EverythingStopped = () => <StopList isShown={({ scope }) => scope === 'everything'} />;

/** The stops of apps and of provider keys. */
export const StopsInForce = () => <StopList isShown={({ scope }) => scope !== 'everything'} />;

function StopList({ isShown }: { readonly isShown: (stop: Stop) => boolean }) {
  const { data: stops } = useQuery(stopsQuery);
  const shown = stops?.data.filter(isShown) ?? [];
  if (shown.length === 0) return null;
  return (
    <ul className="sheet divide-y divide-line border-danger">
      {shown.map((stop) => (
        <li
          key={stop.id}
          className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 px-4 py-4 sm:px-5"
        >
          <div className="min-w-0">
            <p className="font-semibold text-danger wrap-anywhere">{t.stops.stopped(nameOf(stop))}</p>
            <p className="text-sm text-muted">
              {t.stops.since} <RelativeTime at={stop.began_at} />.{' '}
              {stop.scope === 'everything' ? t.stops.bannerTextEverything : t.stops.bannerText}
            </p>
          </div>
          <ResumeButton stop={stop} name={nameOf(stop)} />
        </li>
      ))}
    </ul>
  );
}
