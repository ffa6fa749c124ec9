// What exists at providers of this dialect and is refused by name: it delays or hides spend, or reaches what others stored.
// Administration (organization, projects, dashboard) is not listed: for a grant it does not exist at all.

import { words } from '../reading/words.ts';

/** Path prefixes below `/v1`, answered with 403 `operation_not_permitted`. */
export const REFUSED_PATHS = words(`
  /files /uploads /batches /fine_tuning /fine-tunes /vector_stores /evals /graders /containers
  /realtime /threads /assistants /videos /conversations /skills /chatkit /live /webhooks
  /images/edits /images/variations /audio/translations /audio/voices /audio/voice_consents
  /responses/compact /responses/input_tokens /decisions /safety`);
