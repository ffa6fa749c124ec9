// Editing the limits and the end of a grant. Each amount is checked as it is typed; the server has the last word.

import { useQuery } from '@tanstack/react-query';
import { type FormEvent, Fragment, useState } from 'react';
import { changeGrant } from '../../api/endpoints.ts';
import { providersQuery } from '../../api/queries.ts';
import type { AccessDetail, Grant } from '../../api/types.ts';
import { useAction } from '../../app/use-action.ts';
import { DAY_MS, localDate } from '../../format/time.ts';
import { t } from '../../messages/messages.ts';
import { grantName } from '../../rules/grants.ts';
import { type LimitRow, limitRows, typedLimit, withLimitRows } from '../../rules/limits.ts';
import { isToNobody, sharingOf, withSharing } from '../../rules/sharing.ts';
import { Button } from '../../ui/button.tsx';
import { CeilingLines } from '../../ui/ceiling-lines.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { FormError } from '../../ui/error-panel.tsx';
import { SelectField } from '../../ui/field.tsx';
import { useNow } from '../../ui/moment.tsx';
import { useNotice } from '../../ui/notice.tsx';
import { AsSeen } from './as-seen.tsx';
import { LimitFields } from './limit-fields.tsx';
import { SharingFields } from './sharing-fields.tsx';

const DAY_CHOICES = [1, 7, 30, 90];

interface EditProps {
  readonly grant: Grant;
  readonly onClose: () => void;
}

/** The dialog with one set of limits for each provider of the grant. */
export const EditLimits = ({ grant, onClose }: EditProps) => (
  <Dialog title={t.edit.title(grantName(grant))} onClose={onClose}>
    <AsSeen grant={grant}>{(seen) => <LimitsForm grant={seen} onClose={onClose} />}</AsSeen>
  </Dialog>
);

function LimitsForm({ grant, onClose }: EditProps) {
  const [sets, setSets] = useState(() => grant.authorization_details.map(limitRows));
  const [sharings, setSharings] = useState(() => grant.authorization_details.map(sharingOf));
  const [days, setDays] = useState(0);
  const { data: providers } = useQuery(providersQuery);
  const nowMs = useNow();
  const notice = useNotice();
  const save = useAction(
    (details: readonly AccessDetail[]) =>
      changeGrant(grant.id, { authorization_details: details, version: grant.version }),
    () => {
      onClose();
      notice(t.edit.saved(grantName(grant)));
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!sets.flat().every((row) => typedLimit(row.name, row.input) !== null)) return;
    if (sharings.some(isToNobody)) return;
    const expires = days === 0 ? {} : { expires: new Date(nowMs + days * DAY_MS).toISOString() };
    save.mutate(
      grant.authorization_details.map((detail, index) => ({
        ...withSharing(withLimitRows(detail, sets[index] ?? []), sharings[index] ?? sharingOf(detail)),
        ...expires,
      })),
    );
  };
  const setRows = (index: number, rows: readonly LimitRow[]) => setSets(sets.with(index, rows));
  return (
    <form onSubmit={submit} noValidate className="space-y-6">
      <p className="text-sm text-muted">{t.edit.lead}</p>
      {grant.authorization_details.map((detail, index) => (
        <Fragment key={detail.provider}>
          <LimitFields
            provider={providers?.data.find(({ name }) => name === detail.provider)?.label ?? detail.provider}
            rows={sets[index] ?? []}
            noneText={grant.depth === 0 ? t.edit.noneLeft : t.limits.noneOwnText}
            onChange={(rows) => setRows(index, rows)}
          />
          {detail.delegation && (
            <SharingFields
              before={sharingOf(detail)}
              now={sharings[index] ?? sharingOf(detail)}
              recipients={grant.parts[index]?.recipients ?? {}}
              onChange={(sharing) => setSharings(sharings.with(index, sharing))}
            />
          )}
        </Fragment>
      ))}
      <CeilingLines
        sets={sets.map((rows, index) => ({ rows, keyId: grant.parts[index]?.provider_key?.id }))}
      />
      <SelectField
        label={t.edit.expiry}
        value={days}
        onChange={(event) => setDays(Number(event.target.value))}
      >
        <option value={0}>
          {grant.expires_at ? t.edit.keepExpiry(localDate(grant.expires_at)) : t.edit.keepForever}
        </option>
        {DAY_CHOICES.map((choice) => (
          <option key={choice} value={choice}>
            {t.edit.inDays(choice)}
          </option>
        ))}
      </SelectField>
      <FormError error={save.error} />
      <DialogActions>
        <Button onClick={onClose}>{t.common.cancel}</Button>
        <Button type="submit" tone="primary" busy={save.isPending}>
          {t.edit.save}
        </Button>
      </DialogActions>
    </form>
  );
}
