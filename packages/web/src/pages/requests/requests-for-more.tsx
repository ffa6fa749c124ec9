// Requests for more that wait for a decision, each with old and new and the link to the page where it is decided. Nothing is decided here, and
// nothing is shown while nothing waits; that they cannot be read is not nothing.

import { useQuery } from '@tanstack/react-query';
import { type AccessRequest, requestsQuery } from '../../api/requests.ts';
import { t } from '../../messages/messages.ts';
import { buttonClass } from '../../ui/button.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { RelativeTime } from '../../ui/moment.tsx';
import { Section } from '../../ui/page.tsx';

interface RequestsForMoreProps {
  /** Only those of this grant, or that would raise it. */
  readonly grantId?: string;
}

/** The list. */
export function RequestsForMore({ grantId }: RequestsForMoreProps) {
  const { data, error, refetch } = useQuery(requestsQuery);
  const shown = (data?.data ?? []).filter(
    ({ grant_id, changes }) =>
      grantId === undefined || grant_id === grantId || changes.some((change) => change.grant_id === grantId),
  );
  if (error && !data)
    return (
      <Section title={t.requests.title}>
        <ErrorPanel error={error} onRetry={() => void refetch()} />
      </Section>
    );
  if (shown.length === 0) return null;
  return (
    <Section title={t.requests.title}>
      <ul className="sheet divide-y divide-line">
        {shown.map((request) => (
          <RequestLine key={request.id} request={request} />
        ))}
      </ul>
    </Section>
  );
}

function RequestLine({
  request: { path, changes, message, url, created_at },
}: {
  readonly request: AccessRequest;
}) {
  const name = path.at(-1)?.name ?? '';
  const through = path.slice(0, -1).map((hop) => hop.name);
  const members = changes.find((change) => change.is_asker)?.members ?? changes.at(-1)?.members ?? [];
  const above = changes.filter((change) => !change.is_asker).length;
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 px-4 py-4 sm:px-5">
      <div className="min-w-0 space-y-1">
        <p className="font-semibold wrap-anywhere">{t.requests.asks(name)}</p>
        <p className="text-sm text-muted wrap-anywhere first-letter:uppercase">
          {through.length > 0 && <>{t.requests.through(through)}, </>}
          <RelativeTime at={created_at} />
        </p>
        <ul className="text-sm">
          {members.map(({ member, label, from, to, used }) => (
            <li key={member} className="wrap-anywhere">
              {t.requests.change(label, from, to, used)}
            </li>
          ))}
          {above > 0 && <li>{t.requests.above(above)}</li>}
        </ul>
        {message !== null && (
          <p className="text-sm wrap-anywhere">
            {t.requests.words}: <q>{message}</q>
          </p>
        )}
      </div>
      <a href={new URL(url).pathname} className={buttonClass('quiet')} aria-label={t.requests.decideOf(name)}>
        {t.requests.decide}
      </a>
    </li>
  );
}
