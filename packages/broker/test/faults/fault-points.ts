// The points at which a broker is killed, in the order in which a call passes them. Only names.

/** Between the request of a caller and the end of its answer. */
export const CALL_POINTS = [
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
] as const;

/** While the next process closes what the last one left open. */
export const RECOVERY_POINTS = ['recovery.asked', 'recovery.committing', 'recovery.committed'] as const;

/** One of them. */
export type FaultPoint = (typeof CALL_POINTS)[number] | (typeof RECOVERY_POINTS)[number];
