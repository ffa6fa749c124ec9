// Adds a webhook and shows its secret, once.

import { type FormEvent, useState } from 'react';
import { addAlertDestination } from '../../api/alerts.ts';
import { useAction } from '../../app/use-action.ts';
import { t } from '../../messages/messages.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { FormError } from '../../ui/error-panel.tsx';
import { TextField } from '../../ui/field.tsx';
import { SecretDialog } from '../../ui/secret-dialog.tsx';

/** The dialog. */
export function AddWebhook({ onClose }: { readonly onClose: () => void }) {
  const [secret, setSecret] = useState<string | null>(null);
  const add = useAction(
    (url: string) => addAlertDestination({ kind: 'webhook', url }),
    (added) => setSecret(added.secret),
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    add.mutate(String(new FormData(event.currentTarget).get('url')).trim());
  };
  if (secret !== null)
    return (
      <SecretDialog
        title={t.alerts.secretTitle}
        text={t.alerts.secretText}
        values={[{ label: t.alerts.secret, value: secret }]}
        onDone={onClose}
      />
    );
  return (
    <Dialog title={t.alerts.webhookTitle} onClose={onClose}>
      <form onSubmit={submit} noValidate className="space-y-4">
        <TextField
          label={t.alerts.url}
          hint={t.alerts.urlHint}
          name="url"
          inputMode="url"
          autoComplete="off"
          required
          maxLength={2000}
        />
        <FormError error={add.error} />
        <DialogActions>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" tone="primary" busy={add.isPending}>
            {t.alerts.addWebhook}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
