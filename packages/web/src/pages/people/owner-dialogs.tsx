// Asks before somebody is suspended or removed, and says what ends.

import { useState } from 'react';
import { type Owner, removeOwner, suspendOwner } from '../../api/people.ts';
import { useAction } from '../../app/use-action.ts';
import { t } from '../../messages/messages.ts';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { useNotice } from '../../ui/notice.tsx';

interface OwnerDialogProps {
  readonly owner: Owner;
  readonly onClose: () => void;
}

/** Suspends. */
export function SuspendDialog({ owner: { id, email }, onClose }: OwnerDialogProps) {
  const notice = useNotice();
  const suspend = useAction(
    () => suspendOwner(id),
    () => {
      onClose();
      notice(t.people.suspendDone(email));
    },
  );
  return (
    <ConfirmDialog
      title={t.people.suspendTitle(email)}
      confirm={t.people.suspend}
      busy={suspend.isPending}
      error={suspend.error}
      onConfirm={() => suspend.mutate(undefined)}
      onClose={onClose}
    >
      <p className="text-ink">{t.people.suspendEffect}</p>
      <p>{t.people.suspendReversible}</p>
    </ConfirmDialog>
  );
}

/** Removes, once the address was typed. */
export function RemoveDialog({ owner: { id, email }, onClose }: OwnerDialogProps) {
  const [typed, setTyped] = useState('');
  const [isWrong, setWrong] = useState(false);
  const notice = useNotice();
  const remove = useAction(
    () => removeOwner(id, typed),
    () => {
      onClose();
      notice(t.people.removeDone(email));
    },
  );
  const confirm = () => {
    const isRight = typed.trim().toLowerCase() === email;
    setWrong(!isRight);
    if (isRight) remove.mutate(undefined);
  };
  return (
    <ConfirmDialog
      title={t.people.removeTitle(email)}
      confirm={t.people.remove}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p className="text-ink">{t.people.removeEffect}</p>
      <TextField
        label={t.people.removeType(email)}
        error={isWrong ? t.people.removeMismatch : null}
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
    </ConfirmDialog>
  );
}
