// Invites somebody: an address, if the link is for it alone, and what they may use in all.

import { type FormEvent, useState } from 'react';
import { invite } from '../../api/people.ts';
import { useAction } from '../../app/use-action.ts';
import { t } from '../../messages/messages.ts';
import type { LimitRow } from '../../rules/limits.ts';
import { readMaxima } from '../../rules/maxima.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { FormError } from '../../ui/error-panel.tsx';
import { TextField } from '../../ui/field.tsx';
import { LimitFields } from '../app/limit-fields.tsx';

interface InviteDialogProps {
  readonly onMade: (made: { readonly link: string }) => void;
  readonly onClose: () => void;
}

/** The dialog; `onMade` gets the link, which cannot be had again. */
export function InviteDialog({ onMade, onClose }: InviteDialogProps) {
  const [rows, setRows] = useState<readonly LimitRow[]>([]);
  const make = useAction(invite, onMade);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const maxima = readMaxima(rows);
    const email = String(new FormData(event.currentTarget).get('email')).trim();
    if (maxima !== null) make.mutate({ email: email === '' ? null : email, maxima });
  };
  return (
    <Dialog title={t.people.inviteTitle} onClose={onClose}>
      <form onSubmit={submit} className="space-y-5">
        <TextField
          label={t.people.email}
          hint={t.people.emailHint}
          name="email"
          type="email"
          maxLength={320}
          autoComplete="off"
          optional
        />
        <LimitFields
          provider={t.people.limits}
          rows={rows}
          noneText={t.people.limitsNone}
          onChange={setRows}
        />
        <FormError error={make.error} />
        <DialogActions>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" tone="primary" busy={make.isPending}>
            {t.people.inviteConfirm}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
