// Removes a key. MUST say how many apps stop with it before it asks the server to revoke them.

import { removeProviderKey } from '../../api/endpoints.ts';
import type { ProviderKey } from '../../api/types.ts';
import { useAction } from '../../app/use-action.ts';
import { t } from '../../messages/messages.ts';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { useNotice } from '../../ui/notice.tsx';

interface RemoveKeyDialogProps {
  readonly held: ProviderKey;
  readonly name: string;
  readonly onClose: () => void;
}

/** The dialog. */
export function RemoveKeyDialog({ held, name, onClose }: RemoveKeyDialogProps) {
  const notice = useNotice();
  const hasGrants = held.grants > 0;
  const remove = useAction(
    () => removeProviderKey(held.id, hasGrants),
    () => {
      onClose();
      notice(t.accounts.removedNotice(name));
    },
  );
  return (
    <ConfirmDialog
      title={t.accounts.removeTitle(name)}
      confirm={hasGrants ? t.accounts.removeConfirmApps(held.grants) : t.accounts.removeConfirm}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(undefined)}
      onClose={onClose}
    >
      {hasGrants && <p className="text-ink">{t.accounts.removeApps(held.grants)}</p>}
      <p>{t.accounts.removeEffect}</p>
    </ConfirmDialog>
  );
}
