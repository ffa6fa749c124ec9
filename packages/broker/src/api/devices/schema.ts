// A device on the wire, and what may be asked of one.

import { z } from 'zod';
import { ACTOR_LABEL } from '../../grants/actors.ts';
import { timeText } from '../wire.ts';

/** A device as grants name it. */
export const pinnedDevice = z
  .object({ id: z.string(), name: z.string(), status: z.enum(['active', 'lost']) })
  .meta({ id: 'PinnedDevice' });

/** A device. */
export const device = z
  .object({
    id: z.string(),
    name: z.string(),
    key_thumbprint: z.string().describe('SHA-256 of its public key (RFC 7638), base64url'),
    status: z.enum(['active', 'lost']),
    created_at: timeText,
    last_used_at: timeText.nullable().describe('At most a minute old'),
    lost_at: timeText.nullable(),
    grants: z
      .array(z.object({ id: z.string(), name: z.string() }))
      .describe('Live and paused grants that are pinned to it'),
  })
  .meta({ id: 'Device' });

/** What names a device. */
export const deviceName = z
  .strictObject({ name: z.string().regex(ACTOR_LABEL.pattern, `must be ${ACTOR_LABEL.says}`) })
  .meta({ id: 'DeviceName' });

/** What losing a device stopped. */
export const deviceLoss = z.object({ device, streams_cut: z.int() }).meta({ id: 'DeviceLoss' });
