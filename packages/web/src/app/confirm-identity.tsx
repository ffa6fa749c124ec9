// Asks the person in front of the page who they are when the broker wants to know it again, over whatever is open; then the call that was
// refused goes on. The password lives in this form only until it is sent.

import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { askPersonWith, type Proof } from '../api/client.ts';
import { proveByPasskey, proveByPassword } from '../api/identity.ts';
import { meQuery } from '../api/queries.ts';
import { t } from '../messages/messages.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { FormError } from '../ui/error-panel.tsx';
import { TextField } from '../ui/field.tsx';

interface Question {
  readonly proof: Proof;
  readonly answer: (isProven: boolean) => void;
}

/** Shows the dialog while somebody waits for an answer. */
export function ConfirmIdentity() {
  const [question, setQuestion] = useState<Question | null>(null);
  useEffect(
    () =>
      askPersonWith(
        (proof) =>
          new Promise((resolve) => {
            const answer = (isProven: boolean) => {
              setQuestion(null);
              resolve(isProven);
            };
            setQuestion({ proof, answer });
          }),
      ),
    [],
  );
  return question && <ConfirmForm {...question} />;
}

function ConfirmForm({ proof, answer }: Question) {
  const email = useQuery(meQuery).data?.owner.email ?? '';
  const prove = useMutation({
    mutationFn: (password: string | null) =>
      password === null ? proveByPasskey() : proveByPassword(email, password),
    onSuccess: () => answer(true),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    prove.mutate(proof === 'passkey' ? null : String(form.get('password')));
  };
  return (
    <Dialog title={t.confirm.title} onClose={() => answer(false)}>
      <form onSubmit={submit} className="space-y-4">
        <p className="text-muted">{t.confirm.lead}</p>
        {proof === 'password' && (
          <>
            <input type="hidden" name="email" autoComplete="username" value={email} />
            <TextField
              label={t.confirm.password}
              name="password"
              type="password"
              autoComplete="current-password"
              required
            />
          </>
        )}
        <FormError error={prove.error} />
        <DialogActions>
          <Button onClick={() => answer(false)}>{t.common.cancel}</Button>
          <Button type="submit" tone="primary" busy={prove.isPending}>
            {proof === 'passkey' ? t.confirm.passkey : t.confirm.confirm}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
