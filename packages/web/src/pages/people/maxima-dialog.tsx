// What somebody may use in all. Each amount is checked as it is typed; the server has the last word.

import { type FormEvent, useState } from 'react';
import { type Owner, setMaxima } from '../../api/people.ts';
import { useAction } from '../../app/use-action.ts';
import { t } from '../../messages/messages.ts';
import { maximaRows, readMaxima } from '../../rules/maxima.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { FormError } from '../../ui/error-panel.tsx';
import { useNotice } from '../../ui/notice.tsx';
import { LimitFields } from '../app/limit-fields.tsx';

/** The dialog. */
export function MaximaDialog({ owner, onClose }: { readonly owner: Owner; readonly onClose: () => void }) {
  const [rows, setRows] = useState(() => maximaRows(owner.maxima));
  const notice = useNotice();
  const save = useAction(
    (maxima: Owner['maxima']) => setMaxima(owner.id, maxima),
    () => {
      onClose();
      notice(t.people.maximaSaved(owner.email));
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const maxima = readMaxima(rows);
    if (maxima !== null) save.mutate(maxima);
  };
  return (
    <Dialog title={t.people.maximaTitle(owner.email)} onClose={onClose}>
      <form onSubmit={submit} noValidate className="space-y-5">
        <LimitFields
          provider={t.people.limits}
          rows={rows}
          noneText={t.people.limitsNone}
          onChange={setRows}
        />
        <FormError error={save.error} />
        <DialogActions>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" tone="primary" busy={save.isPending}>
            {t.common.save}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
