// Where alerts go by themselves: webhooks and the owner's mailbox, each tried and removed here.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type AlertDestination,
  addAlertDestination,
  alertDestinationsQuery,
  alertSettingsQuery,
  removeAlertDestination,
  testAlertDestination,
} from '../../api/alerts.ts';
import { useAction } from '../../app/use-action.ts';
import { t } from '../../messages/messages.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { Empty } from '../../ui/empty.tsx';
import { FormError } from '../../ui/error-panel.tsx';
import { Facts } from '../../ui/facts.tsx';
import { LocalTime } from '../../ui/moment.tsx';
import { useNotice } from '../../ui/notice.tsx';
import { Section } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { AddWebhook } from './add-webhook.tsx';

/** The section. */
export function Destinations() {
  const query = useQuery(alertDestinationsQuery);
  const [isAdding, setAdding] = useState(false);
  return (
    <Section title={t.alerts.sentTo} lead={t.alerts.sentToLead}>
      <QueryView query={query}>
        {({ data }) => {
          const hasEmail = data.some(({ kind }) => kind === 'email');
          const ways = <Ways hasEmail={hasEmail} onAddWebhook={() => setAdding(true)} />;
          if (data.length === 0)
            return (
              <Empty title={t.alerts.noDestinations} text={t.alerts.noDestinationsText}>
                {ways}
              </Empty>
            );
          return (
            <div className="space-y-4">
              <ul className="sheet divide-y divide-line">
                {data.map((destination) => (
                  <DestinationLine key={destination.id} destination={destination} />
                ))}
              </ul>
              {ways}
            </div>
          );
        }}
      </QueryView>
      {/* Outside of the list, which is drawn anew with the first destination: the secret is shown only once. */}
      {isAdding && <AddWebhook onClose={() => setAdding(false)} />}
    </Section>
  );
}

interface WaysProps {
  readonly hasEmail: boolean;
  readonly onAddWebhook: () => void;
}

function Ways({ hasEmail, onAddWebhook }: WaysProps) {
  const { data: settings } = useQuery(alertSettingsQuery);
  const notice = useNotice();
  const email = useAction(
    () => addAlertDestination({ kind: 'email' }),
    () => notice(t.alerts.added),
  );
  return (
    <div className="space-y-2">
      <div className="flex flex-wrap gap-2">
        <Button onClick={onAddWebhook}>{t.alerts.addWebhook}</Button>
        {settings?.email.available && !hasEmail && (
          <Button busy={email.isPending} onClick={() => email.mutate(undefined)}>
            {t.alerts.addEmail}
          </Button>
        )}
      </div>
      {settings?.email.available === false && <p className="text-sm text-muted">{t.alerts.noMail}</p>}
      <FormError error={email.error} />
    </div>
  );
}

function DestinationLine({ destination }: { readonly destination: AlertDestination }) {
  const { data: settings } = useQuery(alertSettingsQuery);
  const [isRemoving, setRemoving] = useState(false);
  const test = useAction(() => testAlertDestination(destination.id));
  const name = destination.url ?? t.alerts.email;
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-8 gap-y-3 px-4 py-4 sm:px-5">
      <div className="min-w-0 flex-1 basis-72">
        <h3 className="font-semibold">
          {destination.kind === 'webhook' ? t.alerts.webhook : t.alerts.email}
        </h3>
        <Facts>
          {destination.url ?? t.alerts.emailTo(settings?.email.address ?? '')}
          <span>
            {t.alerts.since} <LocalTime at={destination.created_at} />
          </span>
        </Facts>
        <div role="status">
          {test.data && (
            <p className={`mt-1 text-sm font-medium ${test.data.ok ? 'text-accent' : 'text-danger'}`}>
              {test.data.ok ? t.alerts.testOk(test.data.message) : t.alerts.testFailed(test.data.message)}
            </p>
          )}
        </div>
        <FormError error={test.error} />
      </div>
      <div className="flex flex-wrap gap-2">
        <Button
          busy={test.isPending}
          onClick={() => test.mutate(undefined)}
          aria-label={t.alerts.testOf(name)}
        >
          {t.alerts.test}
        </Button>
        <Button tone="danger" onClick={() => setRemoving(true)} aria-label={t.alerts.removeOf(name)}>
          {t.alerts.remove}
        </Button>
      </div>
      {isRemoving && <RemoveDialog id={destination.id} name={name} onClose={() => setRemoving(false)} />}
    </li>
  );
}

interface RemoveDialogProps {
  readonly id: string;
  readonly name: string;
  readonly onClose: () => void;
}

function RemoveDialog({ id, name, onClose }: RemoveDialogProps) {
  const notice = useNotice();
  const remove = useAction(
    () => removeAlertDestination(id),
    () => {
      onClose();
      notice(t.alerts.removed);
    },
  );
  return (
    <ConfirmDialog
      title={t.alerts.removeTitle(name)}
      confirm={t.alerts.remove}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(undefined)}
      onClose={onClose}
    >
      <p>{t.alerts.removeText}</p>
    </ConfirmDialog>
  );
}
