// Registers an OAuth client.

import type { FormEvent } from 'react';
import { registerClient } from '../../api/endpoints.ts';
import type { RegisteredClient } from '../../api/types.ts';
import { useAction } from '../../app/use-action.ts';
import { t } from '../../messages/messages.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { FormError } from '../../ui/error-panel.tsx';
import { Choice, FieldGroup } from '../../ui/field.tsx';
import { ClientFields, readClientFields } from './client-fields.tsx';

interface RegisterDialogProps {
  readonly onRegistered: (client: RegisteredClient) => void;
  readonly onClose: () => void;
}

/** The dialog; `onRegistered` gets the client with its secret, if it has one. */
export function RegisterDialog({ onRegistered, onClose }: RegisterDialogProps) {
  const register = useAction(registerClient, onRegistered);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    register.mutate({
      ...readClientFields(event.currentTarget),
      type: fields.get('type') === 'confidential' ? 'confidential' : 'public',
      dpop_bound: fields.has('dpop_bound'),
    });
  };
  return (
    <Dialog title={t.developer.registerTitle} onClose={onClose}>
      <form onSubmit={submit} className="space-y-4">
        <ClientFields />
        <FieldGroup legend={t.developer.type}>
          <div className="space-y-2">
            <Choice
              type="radio"
              name="type"
              value="public"
              defaultChecked
              title={t.developer.public}
              text={t.developer.publicText}
            />
            <Choice
              type="radio"
              name="type"
              value="confidential"
              title={t.developer.confidential}
              text={t.developer.confidentialText}
            />
          </div>
        </FieldGroup>
        <Choice type="checkbox" name="dpop_bound" title={t.developer.dpop} text={t.developer.dpopText} />
        <FormError error={register.error} />
        <DialogActions>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" tone="primary" busy={register.isPending}>
            {t.developer.register}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
