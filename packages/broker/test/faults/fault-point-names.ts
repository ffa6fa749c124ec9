// The points at which a process is killed, in the order in which a call passes them. Only names.

/** Between the request of a caller and the end of its answer, and around changes of grants. */
export const CALL_POINTS = [
  'key.claimed',
  'admission.committing',
  'admission.committed',
  'forward.dispatching',
  'forward.started',
  'answer.status',
  'answer.streaming',
  'answer.usage_seen',
  'answer.ending',
  'settle.asked',
  'settle.committing',
  'settle.committed',
  'change.committing',
  'change.committed',
  'delegation.committing',
  'delegation.committed',
  'revocation.committing',
  'revocation.committed',
] as const;

/** While the next process closes what the last one left open. */
export const RECOVERY_POINTS = ['recovery.asked', 'recovery.committing', 'recovery.committed'] as const;

/** One of the first. */
export type CallPoint = (typeof CALL_POINTS)[number];

/** Any of them. */
export type FaultPoint = CallPoint | (typeof RECOVERY_POINTS)[number];
