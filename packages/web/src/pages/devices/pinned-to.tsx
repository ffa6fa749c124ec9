// From where a grant works, in words.

import type { PinnedDevice } from '../../api/types.ts';
import { t } from '../../messages/messages.ts';

/** `from anywhere`, or the names of the devices; lost ones are marked. */
export function PinnedTo({ devices }: { readonly devices: readonly PinnedDevice[] }) {
  if (devices.length === 0) return t.devices.fromAnywhere;
  const names = devices.map(({ name, status }) =>
    status === 'lost' ? `${name} ${t.devices.lostMark}` : name,
  );
  return <span className="wrap-anywhere">{t.devices.onlyFrom(names.join(', '))}</span>;
}
