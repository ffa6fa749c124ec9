// Alerts, newest first, each with the way to what it is about. Done takes one from the list of new ones; it stays among all.

import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type Alert, acknowledgeAlert, alertsQuery } from '../../api/alerts.ts';
import { useAction } from '../../app/use-action.ts';
import { t } from '../../messages/messages.ts';
import { alertPath, alertWords } from '../../rules/alerts.ts';
import { rowsOfAlert } from '../../rules/rows.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { FormError } from '../../ui/error-panel.tsx';
import { Facts } from '../../ui/facts.tsx';
import { RelativeTime } from '../../ui/moment.tsx';
import { Section } from '../../ui/page.tsx';
import { Paged } from '../../ui/paged.tsx';
import { Segments, segmentClass } from '../../ui/segments.tsx';

interface AlertListProps {
  readonly show: 'open' | 'all';
}

/** The section. */
export function AlertList({ show }: AlertListProps) {
  const query = useInfiniteQuery(alertsQuery(show));
  const isAnyOpen = query.data?.pages.some(({ data }) => data.some((each) => each.acknowledged_at === null));
  const all = useAction(() => acknowledgeAlert(null));
  const empty =
    show === 'open' ? (
      <Empty title={t.alerts.none} text={t.alerts.noneText} />
    ) : (
      <Empty title={t.alerts.noneEver} text={t.alerts.noneText} />
    );
  return (
    <Section title={t.alerts.raised} aside={<Which show={show} />}>
      <Paged query={query} more={t.alerts.older} empty={empty}>
        {(alerts) => (
          <ul className="sheet divide-y divide-line">
            {alerts.map((alert) => (
              <AlertLine key={alert.id} alert={alert} />
            ))}
          </ul>
        )}
      </Paged>
      {isAnyOpen && (
        <Button className="mt-4" busy={all.isPending} onClick={() => all.mutate(undefined)}>
          {t.alerts.acknowledgeAll}
        </Button>
      )}
      <FormError error={all.error} />
    </Section>
  );
}

const Which = ({ show }: AlertListProps) => (
  <Segments label={t.alerts.show}>
    {(['open', 'all'] as const).map((each) => (
      <Link
        key={each}
        to="/alerts"
        search={{ show: each === 'all' ? 'all' : undefined }}
        className={segmentClass(show === each)}
        aria-current={show === each ? 'true' : undefined}
      >
        {t.alerts[each]}
      </Link>
    ))}
  </Segments>
);

function AlertLine({ alert }: { readonly alert: Alert }) {
  const { title, text } = alertWords(alert);
  const path = alertPath(alert);
  const rows = rowsOfAlert(alert);
  const done = useAction(() => acknowledgeAlert(alert.id));
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 px-4 py-4 sm:px-5">
      <div className="min-w-0 flex-1 basis-72">
        <p className="font-semibold wrap-anywhere">{title}</p>
        <Facts isSentence>
          {alert.kind === 'refusals' && (
            <span>
              {t.alerts.reason}{' '}
              <a className="link" href={`/docs/errors/${alert.details.code}`}>
                {alert.details.code}
              </a>
            </span>
          )}
          {text}
          {alert.times > 1 && t.alerts.times(alert.times)}
          <RelativeTime at={alert.raised_at} />
          {alert.acknowledged_at !== null && t.alerts.acknowledged}
        </Facts>
        <FormError error={done.error} />
      </div>
      <div className="flex flex-wrap gap-2">
        {rows && (
          <Link to="/activity" search={rows} className={buttonClass()} aria-label={t.activity.callsOf(title)}>
            {t.activity.calls}
          </Link>
        )}
        {path && (
          <a href={path} className={buttonClass()} aria-label={t.alerts.lookOf(title)}>
            {t.alerts.look}
          </a>
        )}
        {alert.acknowledged_at === null && (
          <Button
            busy={done.isPending}
            onClick={() => done.mutate(undefined)}
            aria-label={t.alerts.acknowledgeOf(title)}
          >
            {t.alerts.acknowledge}
          </Button>
        )}
      </div>
    </li>
  );
}
