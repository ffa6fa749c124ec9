// Which models: all that have a price, or only those ticked.

import { useState } from 'react';
import type { Provider } from '../../api/types.ts';
import { t } from '../../messages/messages.ts';
import { Choice, FieldGroup, TextField } from '../../ui/field.tsx';

const FIND_FROM = 9;

interface ModelFieldsProps {
  readonly provider: Provider;
  /** null is every model. */
  readonly chosen: readonly string[] | null;
  readonly error: string | null;
  readonly onChoose: (models: readonly string[] | null) => void;
}

/** The group of choices. */
export function ModelFields({ provider, chosen, error, onChoose }: ModelFieldsProps) {
  return (
    <FieldGroup legend={t.connect.models}>
      <div className="grid gap-2 sm:grid-cols-2">
        <Choice
          type="radio"
          name="models"
          title={t.connect.anyModel}
          checked={chosen === null}
          onChange={() => onChoose(null)}
        />
        <Choice
          type="radio"
          name="models"
          title={t.connect.theseModels}
          checked={chosen !== null}
          onChange={() => onChoose([])}
        />
      </div>
      {chosen !== null && <ModelList models={provider.models} chosen={chosen} onChoose={onChoose} />}
      {error && (
        <p role="alert" className="mt-2 text-sm text-danger">
          {error}
        </p>
      )}
    </FieldGroup>
  );
}

interface ModelListProps {
  readonly models: Provider['models'];
  readonly chosen: readonly string[];
  readonly onChoose: (models: readonly string[]) => void;
}

function ModelList({ models, chosen, onChoose }: ModelListProps) {
  const [wanted, setWanted] = useState('');
  const needle = wanted.trim().toLowerCase();
  const shown = models.filter(({ id, name }) => `${id} ${name}`.toLowerCase().includes(needle));
  const toggle = (id: string) =>
    onChoose(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  return (
    <div className="mt-3 space-y-3">
      {models.length >= FIND_FROM && (
        <TextField
          label={t.connect.findModel}
          type="search"
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
        />
      )}
      <ul className="sheet max-h-72 divide-y divide-line overflow-y-auto">
        {shown.map(({ id, name }) => (
          <li key={id}>
            <label className="flex min-h-10 cursor-pointer items-center gap-3 px-3 py-1.5 hover:bg-sunken">
              <input
                type="checkbox"
                className="size-4.5 accent-accent"
                checked={chosen.includes(id)}
                onChange={() => toggle(id)}
              />
              <span className="min-w-0 text-sm font-medium">{name}</span>
              {name !== id && <span className="font-mono text-xs text-muted wrap-anywhere">{id}</span>}
            </label>
          </li>
        ))}
        {shown.length === 0 && <li className="px-3 py-2.5 text-sm text-muted">{t.connect.noModel}</li>}
      </ul>
    </div>
  );
}
