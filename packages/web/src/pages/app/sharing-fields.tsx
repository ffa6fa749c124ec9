// To whom, and how deep, an app may hand on a part of its limit. Offers only what there was when the form was opened, or less.

import { OWN_AGENTS } from '@valetkey/core';
import { useId } from 'react';
import type { GrantPart } from '../../api/types.ts';
import { t } from '../../messages/messages.ts';
import {
  ANYONE,
  chooseRecipient,
  isRecipient,
  isToNobody,
  recipientChoices,
  type Sharing,
} from '../../rules/sharing.ts';
import { Choice, FieldGroup, SelectField } from '../../ui/field.tsx';

interface SharingFieldsProps {
  readonly before: Sharing;
  readonly now: Sharing;
  /** The apps among its choices, in words. */
  readonly recipients: GrantPart['recipients'];
  readonly onChange: (sharing: Sharing) => void;
}

/** The group of fields. */
export function SharingFields({ before, now, recipients, onChange }: SharingFieldsProps) {
  const name = useId();
  const words = (choice: string): string => {
    if (choice === ANYONE) return t.sharing.anyone;
    if (choice === OWN_AGENTS) return t.sharing.ownAgents;
    return t.sharing.client(recipients[choice] ?? choice);
  };
  return (
    <FieldGroup legend={t.sharing.title}>
      <div className="space-y-3">
        <SelectField
          label={t.sharing.depth}
          hint={t.sharing.effect}
          value={now.depth}
          onChange={(event) => onChange({ ...now, depth: Number(event.target.value) })}
        >
          {Array.from({ length: before.depth + 1 }, (_, depth) => (
            <option key={t.sharing.levels(depth)} value={depth}>
              {t.sharing.levels(depth)}
            </option>
          ))}
        </SelectField>
        {now.depth > 0 && (
          <fieldset>
            <legend className="mb-1 text-sm font-medium">{t.sharing.to}</legend>
            <div className="space-y-2">
              {recipientChoices(before).map((choice) => (
                <Choice
                  key={choice}
                  type={before.to === null ? 'radio' : 'checkbox'}
                  name={name}
                  title={words(choice)}
                  checked={isRecipient(choice, now)}
                  onChange={(event) => onChange(chooseRecipient(now, before, choice, event.target.checked))}
                />
              ))}
            </div>
            {isToNobody(now) && <p className="mt-1 text-sm text-danger">{t.sharing.nobody}</p>}
          </fieldset>
        )}
      </div>
    </FieldGroup>
  );
}
