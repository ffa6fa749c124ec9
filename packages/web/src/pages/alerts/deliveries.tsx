// Alerts on their way: what waits, what was delivered, and what was given up and can be tried again. Nothing is shown while nothing was sent.

import { useQuery } from '@tanstack/react-query';
import {
  type AlertDelivery,
  type AlertDestination,
  alertDeliveriesQuery,
  alertDestinationsQuery,
  retryAlertDelivery,
} from '../../api/alerts.ts';
import { useAction } from '../../app/use-action.ts';
import { known } from '../../format/known.ts';
import { t } from '../../messages/messages.ts';
import { Button } from '../../ui/button.tsx';
import { FormError } from '../../ui/error-panel.tsx';
import { LedgerHead } from '../../ui/ledger-head.tsx';
import { LocalTime } from '../../ui/moment.tsx';
import { Section } from '../../ui/page.tsx';

const SHOWN = 20;

/** The section. */
export function Deliveries() {
  const { data: deliveries } = useQuery(alertDeliveriesQuery);
  const { data: destinations } = useQuery(alertDestinationsQuery);
  const shown = deliveries?.data.slice(0, SHOWN) ?? [];
  if (shown.length === 0) return null;
  const byId = new Map(destinations?.data.map((each) => [each.id, each]));
  return (
    <Section title={t.alerts.deliveries}>
      <table className="ledger">
        <LedgerHead columns={[[t.alerts.destination], [t.alerts.state], [t.alerts.when, 'max-sm:hidden']]} />
        <tbody>
          {shown.map((delivery) => (
            <DeliveryRow
              key={delivery.id}
              delivery={delivery}
              destination={byId.get(delivery.destination_id)}
            />
          ))}
        </tbody>
      </table>
    </Section>
  );
}

interface DeliveryRowProps {
  readonly delivery: AlertDelivery;
  readonly destination: AlertDestination | undefined;
}

const TONE = { pending: 'text-warn', delivered: 'text-muted', dead: 'text-danger' } as const;

function DeliveryRow({ delivery, destination }: DeliveryRowProps) {
  const { id, status, attempts, problem, next_at: nextAt, created_at: createdAt } = delivery;
  const retry = useAction(() => retryAlertDelivery(id));
  return (
    <tr>
      <td className="wrap-anywhere">
        {destination ? (destination.url ?? t.alerts.email) : t.alerts.removedDestination}
        <div className="text-sm text-muted sm:hidden">
          <LocalTime at={createdAt} />
        </div>
      </td>
      <td>
        <span className={`font-medium ${known(TONE, status) ?? ''}`}>
          {known(t.alerts.status, status) ?? status}
        </span>
        {problem !== null && (
          <p className="text-sm text-muted wrap-anywhere">
            {problem} {t.alerts.attempts(attempts)}
            {nextAt !== null && (
              <>
                , {t.alerts.next} <LocalTime at={nextAt} />
              </>
            )}
          </p>
        )}
        {status === 'dead' && (
          <Button
            className="mt-2"
            busy={retry.isPending}
            onClick={() => retry.mutate(undefined)}
            aria-label={t.alerts.retryOf(createdAt)}
          >
            {t.alerts.retry}
          </Button>
        )}
        <FormError error={retry.error} />
      </td>
      <td className="max-sm:hidden">
        <LocalTime at={createdAt} />
      </td>
    </tr>
  );
}
