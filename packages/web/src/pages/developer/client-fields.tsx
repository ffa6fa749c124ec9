// The fields that registering and editing share.

import type { Client, ClientEdit } from '../../api/types.ts';
import { t } from '../../messages/messages.ts';
import { Field, TextField } from '../../ui/field.tsx';

/** Name, home page and redirect URIs as uncontrolled fields. */
export const ClientFields = ({ client }: { readonly client?: Client }) => (
  <>
    <TextField
      label={t.developer.name}
      hint={t.developer.nameHint}
      name="name"
      required
      maxLength={80}
      defaultValue={client?.name}
    />
    <TextField label={t.developer.url} name="url" type="url" required defaultValue={client?.url ?? ''} />
    <Field label={t.developer.redirects} hint={t.developer.redirectsHint}>
      {(control) => (
        <textarea
          {...control}
          name="redirect_uris"
          required
          rows={3}
          spellCheck={false}
          defaultValue={client?.redirect_uris.join('\n')}
          className="control py-2 font-mono text-sm"
        />
      )}
    </Field>
  </>
);

/** What the fields hold: redirect URIs one on each line, blank lines dropped. */
export function readClientFields(form: HTMLFormElement): ClientEdit {
  const fields = new FormData(form);
  return {
    name: String(fields.get('name')).trim(),
    url: String(fields.get('url')).trim(),
    redirect_uris: String(fields.get('redirect_uris'))
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  };
}
