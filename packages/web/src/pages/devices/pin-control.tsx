// Chooses the devices that a grant works from. The server has the last word: only devices of the owner that are not lost can be added.

import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { changeGrant } from '../../api/endpoints.ts';
import { devicesQuery } from '../../api/queries.ts';
import type { Grant } from '../../api/types.ts';
import { useAction } from '../../app/use-action.ts';
import { t } from '../../messages/messages.ts';
import { grantName } from '../../rules/grants.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { FormError } from '../../ui/error-panel.tsx';
import { Choice, FieldGroup } from '../../ui/field.tsx';
import { useNotice } from '../../ui/notice.tsx';
import { AsSeen } from '../app/as-seen.tsx';

/** A button that opens the choice. */
export function PinControl({ grant }: { readonly grant: Grant }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)} aria-label={t.devices.changeOf(grantName(grant))}>
        {t.devices.change}
      </Button>
      {isOpen && <PinDialog grant={grant} onClose={() => setOpen(false)} />}
    </>
  );
}

interface PinProps {
  readonly grant: Grant;
  readonly onClose: () => void;
}

const PinDialog = ({ grant, onClose }: PinProps) => (
  <Dialog title={t.devices.pinTitle(grantName(grant))} onClose={onClose}>
    <AsSeen grant={grant}>{(seen) => <PinForm grant={seen} onClose={onClose} />}</AsSeen>
  </Dialog>
);

function PinForm({ grant, onClose }: PinProps) {
  const { data: devices } = useQuery(devicesQuery);
  const living = devices?.data.filter(({ status }) => status === 'active') ?? [];
  const [isPinned, setPinned] = useState(grant.devices.length > 0);
  const [chosen, setChosen] = useState(
    () => new Set(grant.devices.filter(({ status }) => status === 'active').map(({ id }) => id)),
  );
  const [isIncomplete, setIncomplete] = useState(false);
  const notice = useNotice();
  const save = useAction(
    () => changeGrant(grant.id, { device_ids: isPinned ? [...chosen] : [], version: grant.version }),
    () => {
      onClose();
      notice(t.devices.pinSaved(grantName(grant)));
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const isMissing = isPinned && chosen.size === 0;
    setIncomplete(isMissing);
    if (!isMissing) save.mutate(undefined);
  };
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  return (
    <form onSubmit={submit} noValidate className="space-y-4">
      <p className="text-sm text-muted">{t.devices.pinLead}</p>
      <div className="space-y-2">
        <Choice
          type="radio"
          name="where"
          title={t.devices.anywhere}
          text={t.devices.anywhereText}
          checked={!isPinned}
          onChange={() => setPinned(false)}
        />
        <Choice
          type="radio"
          name="where"
          title={t.devices.chosen}
          text={living.length === 0 ? t.devices.noneToChoose : t.devices.chosenText}
          checked={isPinned}
          disabled={living.length === 0}
          onChange={() => setPinned(true)}
        />
      </div>
      {isPinned && living.length > 0 && (
        <FieldGroup legend={t.devices.devices}>
          <div className="space-y-2">
            {living.map(({ id, name }) => (
              <Choice
                key={id}
                type="checkbox"
                title={name}
                checked={chosen.has(id)}
                onChange={() => toggle(id)}
              />
            ))}
          </div>
        </FieldGroup>
      )}
      <p role="status" className="text-sm text-danger empty:hidden">
        {isIncomplete && t.devices.chooseOne}
      </p>
      <FormError error={save.error} />
      <DialogActions>
        <Button onClick={onClose}>{t.common.cancel}</Button>
        <Button type="submit" tone="primary" busy={save.isPending}>
          {t.devices.save}
        </Button>
      </DialogActions>
    </form>
  );
}
