// The link above an owner's provider keys that carries what the operator of the house allows the owner in all.

/**
 * The id of an owner's ceiling. Every provider key of an owner who has one hangs below it, so that each admission draws it down with the
 * rest of its chain. The operator has none.
 */
export const ceilingIdOf = (ownerId: string): string => `ceiling.${ownerId}`;
