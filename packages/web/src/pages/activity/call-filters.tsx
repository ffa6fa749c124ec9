// The filters of Activity: who called, which model, how it ended, when. Each choice goes to the URL at once.

import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { memo } from 'react';
import { providerKeysQuery, providersQuery } from '../../api/queries.ts';
import type { Call, Grant } from '../../api/types.ts';
import { type ActivitySearch, CALL_STATUSES, parseActivitySearch } from '../../app/search.ts';
import { t } from '../../messages/messages.ts';
import { choiceText, modelsByProvider, parseChoice } from '../../rules/call-models.ts';
import { quickPeriods } from '../../rules/rows.ts';
import { buttonClass } from '../../ui/button.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { GrantField } from '../../ui/grant-field.tsx';
import { useNow } from '../../ui/moment.tsx';
import { Segments, segmentClass } from '../../ui/segments.tsx';

interface CallFiltersProps {
  readonly search: ActivitySearch;
  readonly grants: readonly Grant[];
  /** The calls that are listed: their models can be chosen. */
  readonly listed: readonly Call[];
}

type Choose = (change: Readonly<Record<string, string>>) => void;

/** The fields. */
export function CallFilters({ search, grants, listed }: CallFiltersProps) {
  const navigate = useNavigate();
  const choose: Choose = (change) =>
    void navigate({
      to: '/activity',
      search: parseActivitySearch({ ...search, ...change }),
      replace: true,
      resetScroll: false,
    });
  const hasChildren = grants.some(({ parent_grant_id: parent }) => parent === search.grant_id);
  return (
    <search aria-label={t.activity.filters} className="space-y-3">
      <div className="grid items-end gap-x-4 gap-y-3 sm:grid-cols-2 lg:grid-cols-4">
        <GrantField
          grants={grants}
          value={search.grant_id}
          onChoose={(grant_id) => choose({ grant_id, include: '' })}
        />
        <ModelField search={search} listed={listed} choose={choose} />
        <StatusField search={search} choose={choose} />
        <KeyField search={search} choose={choose} />
      </div>
      {search.grant_id !== undefined && (hasChildren || search.include) && (
        <label className="inline-flex min-h-6 items-center gap-2 text-sm">
          <input
            type="checkbox"
            className="size-4.5 accent-accent"
            checked={search.include !== undefined}
            onChange={(event) => choose({ include: event.target.checked ? 'descendants' : '' })}
          />
          {t.activity.descendants}
        </label>
      )}
      <PeriodFields search={search} choose={choose} />
    </search>
  );
}

/** Back to all calls. */
export const ClearFilters = () => (
  <Link to="/activity" replace resetScroll={false} className={`${buttonClass()} min-h-10`}>
    {t.activity.clear}
  </Link>
);

interface FilterProps {
  readonly search: ActivitySearch;
  readonly choose: Choose;
}

function ModelField({ search, listed, choose }: FilterProps & Pick<CallFiltersProps, 'listed'>) {
  const { data: providers } = useQuery(providersQuery);
  const { provider, model } = search;
  return (
    <SelectField
      label={t.activity.model}
      value={choiceText(search)}
      onChange={(event) => choose(parseChoice(event.target.value))}
    >
      <option value="">{t.activity.allModels}</option>
      {provider === undefined && model !== undefined && (
        <option value={choiceText({ model })}>{model}</option>
      )}
      {modelsByProvider(providers?.data ?? [], listed, search).map(({ name, label, models }) => (
        <ModelOptions key={name} provider={name} label={label} models={models.join('\n')} />
      ))}
    </SelectField>
  );
}

interface ModelOptionsProps {
  readonly provider: string;
  readonly label: string;
  /** One a line: a text is compared by what it says, so that hundreds of options are not drawn with each list of calls. */
  readonly models: string;
}

const ModelOptions = memo(({ provider, label, models }: ModelOptionsProps) => (
  <optgroup label={label}>
    <option value={choiceText({ provider })}>{t.activity.allOf(label)}</option>
    {models
      .split('\n')
      .filter(Boolean)
      .map((model) => (
        <option key={model} value={choiceText({ provider, model })}>
          {model}
        </option>
      ))}
  </optgroup>
));

const StatusField = ({ search, choose }: FilterProps) => (
  <SelectField
    label={t.activity.status}
    value={search.status ?? ''}
    onChange={(event) => choose({ status: event.target.value })}
  >
    <option value="">{t.activity.allStatuses}</option>
    <option value="counted">{t.activity.counted}</option>
    {CALL_STATUSES.map((status) => (
      <option key={status} value={status}>
        {t.callStatus[status]}
      </option>
    ))}
  </SelectField>
);

/** Chosen among several keys; one alone is no choice. */
function KeyField({ search: { provider_key_id: chosen }, choose }: FilterProps) {
  const { data: keys } = useQuery(providerKeysQuery);
  const held = keys?.data ?? [];
  if (chosen === undefined && held.length < 2) return null;
  return (
    <SelectField
      label={t.activity.key}
      value={chosen ?? ''}
      onChange={(event) => choose({ provider_key_id: event.target.value })}
    >
      <option value="">{t.activity.allKeys}</option>
      {held.map(({ id, provider, label }) => (
        <option key={id} value={id}>
          {t.alerts.key(provider, label)}
        </option>
      ))}
      {chosen !== undefined && !held.some(({ id }) => id === chosen) && (
        <option value={chosen}>{t.activity.removedKey}</option>
      )}
    </SelectField>
  );
}

function PeriodFields({ search, choose }: FilterProps) {
  const { from, to } = search;
  const isFiltered = Object.values(search).some((value) => value !== undefined);
  return (
    <div className="flex flex-wrap items-end gap-x-4 gap-y-3">
      <TextField
        type="date"
        label={t.activity.from}
        value={from ?? ''}
        onChange={(event) => choose({ from: event.target.value })}
      />
      <TextField
        type="date"
        label={t.activity.to}
        value={to ?? ''}
        onChange={(event) => choose({ to: event.target.value })}
      />
      <QuickPeriods search={search} />
      {isFiltered && <ClearFilters />}
    </div>
  );
}

function QuickPeriods({ search }: Pick<FilterProps, 'search'>) {
  const periods = Object.entries(quickPeriods(useNow()));
  return (
    <Segments label={t.activity.period}>
      {periods.map(([name, { from, to }]: [string, { from?: string; to?: string }]) => (
        <Link
          key={name}
          to="/activity"
          search={{ ...search, from, to }}
          replace
          resetScroll={false}
          className={segmentClass(search.from === from && search.to === to)}
          activeOptions={{ exact: true }}
        >
          {t.activity.periods[name as keyof typeof t.activity.periods]}
        </Link>
      ))}
    </Segments>
  );
}
