// How much, in which window, and for how long.

import { t } from '../../messages/messages.ts';
import { BUDGET_PERIODS, type GrantChoice } from '../../rules/new-grant.ts';
import { Choice, Field, FieldGroup, SelectField } from '../../ui/field.tsx';

const DAY_CHOICES = [1, 7, 30, 90];
const SHARED_LEVELS = [0, 1, 2, 3];

interface BudgetFieldsProps {
  readonly choice: GrantChoice;
  readonly error: string | null;
  readonly onChange: (part: Partial<GrantChoice>) => void;
}

/** The groups for budget, end and sharing. */
export function BudgetFields({ choice, error, onChange }: BudgetFieldsProps) {
  return (
    <>
      <FieldGroup legend={t.connect.budget}>
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label={t.connect.amount} error={error}>
            {(control) => (
              <input
                {...control}
                type="text"
                inputMode="decimal"
                autoComplete="off"
                className="control figures"
                value={choice.amount}
                onChange={(event) => onChange({ amount: event.target.value })}
              />
            )}
          </Field>
          <SelectField
            label={t.connect.per}
            value={choice.per}
            onChange={(event) =>
              onChange({ per: BUDGET_PERIODS.find((per) => per === event.target.value) ?? choice.per })
            }
          >
            {BUDGET_PERIODS.map((per) => (
              <option key={per} value={per}>
                {t.connect.perOptions[per]}
              </option>
            ))}
          </SelectField>
        </div>
        <p className="mt-2 text-sm text-muted">{t.connect.budgetHint}</p>
      </FieldGroup>
      <FieldGroup legend={t.connect.expiry}>
        <div className="grid grid-cols-2 gap-2 sm:grid-cols-4">
          {DAY_CHOICES.map((days) => (
            <Choice
              key={days}
              type="radio"
              name="days"
              title={t.connect.days(days)}
              checked={choice.days === days}
              onChange={() => onChange({ days })}
            />
          ))}
        </div>
      </FieldGroup>
      <SelectField
        label={t.sharing.title}
        value={choice.sharedLevels}
        onChange={(event) => onChange({ sharedLevels: Number(event.target.value) })}
      >
        {SHARED_LEVELS.map((levels) => (
          <option key={levels} value={levels}>
            {levels === 0 ? t.sharing.levels(0) : t.sharing.own(levels)}
          </option>
        ))}
      </SelectField>
    </>
  );
}
