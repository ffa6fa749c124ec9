// The keys that sign checkpoints, and nothing else.

import { type Checkpoint, signCheckpoint } from './checkpoint.ts';
import { type EvidenceKeyParts, EvidenceKeys } from './evidence-keys.ts';

/** See the top of this file. */
export class CheckpointKeys extends EvidenceKeys {
  constructor(parts: EvidenceKeyParts) {
    super(parts, 'audit.checkpoints');
  }

  /** The checkpoint, signed. */
  async sign(checkpoint: Checkpoint): Promise<string> {
    await this.maintain();
    const { kid, key } = this.signing;
    return signCheckpoint(checkpoint, kid, key);
  }
}
