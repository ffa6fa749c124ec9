// What all apps together may spend of each provider key, and have spent; with the dialog that changes it.

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { ceilingsQuery, type KeyCeiling, setCeiling } from '../../api/alerts.ts';
import { providersQuery } from '../../api/queries.ts';
import type { Provider } from '../../api/types.ts';
import { useAction } from '../../app/use-action.ts';
import { formatUsdFine } from '../../format/money.ts';
import { t } from '../../messages/messages.ts';
import { limitRows, typedLimit, withLimitRows } from '../../rules/limits.ts';
import { quickPeriods, rowsOfCeiling, rowsOfKey } from '../../rules/rows.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Empty } from '../../ui/empty.tsx';
import { FormError } from '../../ui/error-panel.tsx';
import { Facts } from '../../ui/facts.tsx';
import { LimitMeter } from '../../ui/limit-meter.tsx';
import { useNow } from '../../ui/moment.tsx';
import { useNotice } from '../../ui/notice.tsx';
import { Section } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { LimitFields } from '../app/limit-fields.tsx';

/** The section. */
export function KeyCeilings() {
  const query = useQuery(ceilingsQuery);
  const { data: providers } = useQuery(providersQuery);
  const find = ({ provider_key: { provider } }: KeyCeiling) =>
    providers?.data.find(({ name }) => name === provider);
  return (
    <Section title={t.alerts.keys} lead={t.alerts.keysLead}>
      <QueryView query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty title={t.alerts.noKeys} text={t.alerts.noKeysText}>
              <Link to="/accounts" className={buttonClass('primary')}>
                {t.alerts.addKey}
              </Link>
            </Empty>
          ) : (
            <ul className="sheet divide-y divide-line">
              {data.map((ceiling) => (
                <KeyLine key={ceiling.provider_key.id} ceiling={ceiling} provider={find(ceiling)} />
              ))}
            </ul>
          )
        }
      </QueryView>
    </Section>
  );
}

interface KeyLineProps {
  readonly ceiling: KeyCeiling;
  /** Its provider, once it is read. */
  readonly provider: Provider | undefined;
}

function KeyLine({ ceiling, provider }: KeyLineProps) {
  const { provider_key: key, states, spent } = ceiling;
  const [isEditing, setEditing] = useState(false);
  const nowMs = useNow();
  const { today, month } = quickPeriods(nowMs);
  const providerName = provider?.label ?? key.provider;
  // The name of a simulated provider says all that its key's says.
  const keyLabel = provider?.simulated ? '' : key.label;
  const name = `${providerName} ${keyLabel}`.trim();
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-8 gap-y-3 px-4 py-4 sm:px-5">
      <div className="min-w-0 flex-1 basis-72 space-y-3">
        <div>
          <h3 className="font-semibold wrap-anywhere">
            {providerName} <span className="font-normal text-muted">{keyLabel}</span>
          </h3>
          <Facts className="figures text-sm text-muted">
            <Link to="/activity" search={rowsOfKey(key.id, today)} className="link">
              {t.activity.spentToday(formatUsdFine(spent.today_usd))}
            </Link>
            <Link to="/activity" search={rowsOfKey(key.id, month)} className="link">
              {t.activity.spentMonth(formatUsdFine(spent.month_usd))}
            </Link>
          </Facts>
          {states.length === 0 && <p className="text-sm text-muted">{t.alerts.noCeiling}</p>}
        </div>
        {states.map((limit) => (
          <LimitMeter
            key={`${limit.unit} ${limit.per}`}
            limit={limit}
            rows={rowsOfCeiling(key.id, limit, nowMs)}
          />
        ))}
      </div>
      <Button onClick={() => setEditing(true)} aria-label={t.alerts.setCeilingOf(name)}>
        {t.alerts.setCeiling}
      </Button>
      {isEditing && <CeilingDialog ceiling={ceiling} name={name} onClose={() => setEditing(false)} />}
    </li>
  );
}

interface CeilingDialogProps {
  readonly ceiling: KeyCeiling;
  readonly name: string;
  readonly onClose: () => void;
}

function CeilingDialog({ ceiling: { provider_key: key, limits }, name, onClose }: CeilingDialogProps) {
  const detail = { type: 'ai_model_access', provider: key.provider, limits } as const;
  const [rows, setRows] = useState(() => limitRows(detail));
  const notice = useNotice();
  const save = useAction(
    () => setCeiling(key.id, withLimitRows(detail, rows).limits ?? {}),
    () => {
      onClose();
      notice(t.alerts.ceilingSaved(name));
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (rows.every((row) => typedLimit(row.name, row.input) !== null)) save.mutate(undefined);
  };
  return (
    <Dialog title={t.alerts.ceilingTitle(name)} onClose={onClose}>
      <form onSubmit={submit} noValidate className="space-y-6">
        <p className="text-sm text-muted">{t.alerts.ceilingText}</p>
        <LimitFields provider={name} rows={rows} noneText={t.alerts.ceilingNone} onChange={setRows} />
        <FormError error={save.error} />
        <DialogActions>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" tone="primary" busy={save.isPending}>
            {t.alerts.save}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
