// Replaces a key in place: grants and tokens go on.

import type { FormEvent } from 'react';
import { replaceProviderKey } from '../../api/endpoints.ts';
import type { ProviderKey } from '../../api/types.ts';
import { useAction } from '../../app/use-action.ts';
import { t } from '../../messages/messages.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { FormError } from '../../ui/error-panel.tsx';
import { useNotice } from '../../ui/notice.tsx';
import { KeyField } from './key-field.tsx';

interface ReplaceKeyDialogProps {
  readonly held: ProviderKey;
  readonly name: string;
  readonly onClose: () => void;
}

/** The dialog. */
export function ReplaceKeyDialog({ held, name, onClose }: ReplaceKeyDialogProps) {
  const notice = useNotice();
  const replace = useAction(
    (key: string) => replaceProviderKey(held.id, key),
    () => {
      onClose();
      notice(t.accounts.replacedNotice(name));
    },
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    replace.mutate(String(new FormData(event.currentTarget).get('key')).trim());
  };
  return (
    <Dialog title={t.accounts.replaceTitle(name)} onClose={onClose}>
      <form onSubmit={submit} className="space-y-4">
        <p className="text-muted">{t.accounts.replaceText}</p>
        <KeyField />
        <FormError error={replace.error} />
        <DialogActions>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" tone="primary" busy={replace.isPending}>
            {t.accounts.replace}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
