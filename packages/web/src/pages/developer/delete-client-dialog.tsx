// Deletes a registered client after saying which grants stop with it.

import { deleteClient } from '../../api/endpoints.ts';
import type { Client } from '../../api/types.ts';
import { useAction } from '../../app/use-action.ts';
import { t } from '../../messages/messages.ts';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { useNotice } from '../../ui/notice.tsx';

/** The dialog. */
export function DeleteClientDialog({
  client,
  onClose,
}: {
  readonly client: Client;
  readonly onClose: () => void;
}) {
  const notice = useNotice();
  const remove = useAction(
    () => deleteClient(client.id),
    () => {
      onClose();
      notice(t.developer.removed(client.name));
    },
  );
  return (
    <ConfirmDialog
      title={t.developer.removeTitle(client.name)}
      confirm={t.developer.removeConfirm}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(undefined)}
      onClose={onClose}
    >
      <p>{t.developer.removeEffect(client.grants)}</p>
    </ConfirmDialog>
  );
}
