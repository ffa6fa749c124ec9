// Changes a registered client's name, home page and redirect URIs.

import type { FormEvent } from 'react';
import { changeClient } from '../../api/endpoints.ts';
import type { Client, ClientEdit } from '../../api/types.ts';
import { useAction } from '../../app/use-action.ts';
import { t } from '../../messages/messages.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { FormError } from '../../ui/error-panel.tsx';
import { useNotice } from '../../ui/notice.tsx';
import { ClientFields, readClientFields } from './client-fields.tsx';

/** The dialog. */
export function EditClientDialog({
  client,
  onClose,
}: {
  readonly client: Client;
  readonly onClose: () => void;
}) {
  const notice = useNotice();
  const edit = useAction(
    (body: ClientEdit) => changeClient(client.id, body),
    (changed) => {
      onClose();
      notice(t.developer.edited(changed.name));
    },
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    edit.mutate(readClientFields(event.currentTarget));
  };
  return (
    <Dialog title={t.developer.editTitle(client.name)} onClose={onClose}>
      <form onSubmit={submit} className="space-y-4">
        <ClientFields client={client} />
        <FormError error={edit.error} />
        <DialogActions>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" tone="primary" busy={edit.isPending}>
            {t.common.save}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
