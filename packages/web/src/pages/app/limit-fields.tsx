// The limits of one provider as fields: one line each, kinds that are not there yet can be added.

import { t } from '../../messages/messages.ts';
import { LIMIT_KINDS, type LimitKind, type LimitRow, typedLimit } from '../../rules/limits.ts';
import { Button } from '../../ui/button.tsx';
import { Field, FieldGroup } from '../../ui/field.tsx';

interface LimitFieldsProps {
  readonly provider: string;
  readonly rows: readonly LimitRow[];
  /** What it means that no line is left. */
  readonly noneText: string;
  readonly onChange: (rows: readonly LimitRow[]) => void;
}

/** The group of fields. */
export function LimitFields({ provider, rows, noneText, onChange }: LimitFieldsProps) {
  const unused = LIMIT_KINDS.filter((kind) => !rows.some((row) => row.name === kind.name));
  return (
    <FieldGroup legend={provider}>
      <div className="space-y-3">
        {rows.map((row, index) => (
          <LimitLine
            key={row.name}
            row={row}
            onInput={(input) => onChange(rows.with(index, { ...row, input }))}
            onRemove={() => onChange(rows.toSpliced(index, 1))}
          />
        ))}
        {rows.length === 0 && <p className="text-sm text-warn">{noneText}</p>}
        <Field label={t.edit.add}>
          {(control) => (
            <select
              {...control}
              className="control"
              value=""
              onChange={(event) => onChange([...rows, { name: event.target.value, input: '' }])}
            >
              <option value="" disabled>
                {t.edit.choose}
              </option>
              {unused.map((kind) => (
                <option key={kind.name} value={kind.name}>
                  {kindWords(kind)}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
    </FieldGroup>
  );
}

interface LimitLineProps {
  readonly row: LimitRow;
  readonly onInput: (input: string) => void;
  readonly onRemove: () => void;
}

function LimitLine({ row, onInput, onRemove }: LimitLineProps) {
  const kind = LIMIT_KINDS.find((candidate) => candidate.name === row.name);
  if (kind === undefined) return null;
  const isBad = typedLimit(row.name, row.input) === null;
  const problem = kind.unit === 'usd' ? t.edit.badUsd : t.edit.badCount;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-2">
      <Field label={kindWords(kind)} error={isBad && row.input !== '' ? problem : null}>
        {(control) => (
          <input
            {...control}
            type="text"
            inputMode={kind.unit === 'usd' ? 'decimal' : 'numeric'}
            required
            autoComplete="off"
            className="control figures"
            value={row.input}
            onChange={(event) => onInput(event.target.value)}
          />
        )}
      </Field>
      <Button className="mt-6 min-h-10" onClick={onRemove} aria-label={t.edit.removeOf(kindWords(kind))}>
        {t.edit.remove}
      </Button>
    </div>
  );
}

function kindWords({ unit, per }: LimitKind): string {
  return t.limits.kind[unit][per];
}
