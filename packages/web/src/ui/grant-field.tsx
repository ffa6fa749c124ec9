// Chooses one of the owner's grants to show what is about it, or all.

import type { Grant } from '../api/types.ts';
import { t } from '../messages/messages.ts';
import { growTrees, pathsOf } from '../rules/delegation.ts';
import { SelectField } from './field.tsx';

interface GrantFieldProps {
  readonly grants: readonly Grant[];
  readonly value: string | undefined;
  /** Called with an id, or with an empty text for all. */
  readonly onChoose: (grantId: string) => void;
}

/** The field; each grant as the way that leads to it. */
export const GrantField = ({ grants, value = '', onChoose }: GrantFieldProps) => (
  <SelectField label={t.activity.app} value={value} onChange={(event) => onChoose(event.target.value)}>
    <option value="">{t.activity.allApps}</option>
    {pathsOf(growTrees(grants)).map(({ id, path }) => (
      <option key={id} value={id}>
        {path}
      </option>
    ))}
  </SelectField>
);
