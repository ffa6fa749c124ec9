// One device. Lost is for ever, so it asks once, and says what ends.

import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { loseDevice } from '../../api/endpoints.ts';
import type { Device } from '../../api/types.ts';
import { useAction } from '../../app/use-action.ts';
import { t } from '../../messages/messages.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { Facts } from '../../ui/facts.tsx';
import { LastUsed, LocalTime } from '../../ui/moment.tsx';
import { useNotice } from '../../ui/notice.tsx';

/** A list item. */
export function DeviceRow({ device }: { readonly device: Device }) {
  const [isAsking, setAsking] = useState(false);
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-8 gap-y-3 px-4 py-4 sm:px-5">
      <div className="min-w-0 flex-1 basis-72">
        <h3 className="font-semibold wrap-anywhere">{device.name}</h3>
        <Facts>
          <span>
            {t.devices.enrolled} <LocalTime at={device.created_at} />
          </span>
          <LastUsed at={device.last_used_at} />
        </Facts>
        <PinnedGrants device={device} />
      </div>
      {device.lost_at === null ? (
        <Button tone="danger" onClick={() => setAsking(true)} aria-label={t.devices.lostOf(device.name)}>
          {t.devices.lost}
        </Button>
      ) : (
        <p className="text-sm font-medium text-danger">
          {t.devices.lostOn} <LocalTime at={device.lost_at} />
        </p>
      )}
      {isAsking && <LostDialog device={device} onClose={() => setAsking(false)} />}
    </li>
  );
}

function LostDialog({ device, onClose }: { readonly device: Device; readonly onClose: () => void }) {
  const notice = useNotice();
  const lose = useAction(
    () => loseDevice(device.id),
    ({ streams_cut }) => {
      onClose();
      notice(t.devices.lostNotice(device.name, streams_cut));
    },
  );
  return (
    <ConfirmDialog
      title={t.devices.lostTitle(device.name)}
      confirm={t.devices.lost}
      busy={lose.isPending}
      error={lose.error}
      onConfirm={() => lose.mutate(undefined)}
      onClose={onClose}
    >
      <p className="text-ink">{t.devices.lostEffect(device.grants.map(({ name }) => name).join(', '))}</p>
      <p>{t.devices.lostForEver}</p>
    </ConfirmDialog>
  );
}

function PinnedGrants({ device: { grants } }: { readonly device: Device }) {
  if (grants.length === 0) return <p className="text-sm text-muted">{t.devices.notPinned}</p>;
  return (
    <p className="text-sm text-muted">
      {t.devices.pinned}{' '}
      {grants.map(({ id, name }, at) => (
        <span key={id}>
          {at > 0 && ', '}
          <Link to="/apps/$grantId" params={{ grantId: id }} className="link wrap-anywhere">
            {name}
          </Link>
        </span>
      ))}
    </p>
  );
}
