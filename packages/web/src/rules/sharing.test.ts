// Narrowing to whom a grant may be delegated: the form never offers, and never makes, more than there was.

import { describe, expect, it } from 'vitest';
import type { AccessDetail } from '../api/types.ts';
import {
  ANYONE,
  chooseRecipient,
  isToNobody,
  recipientChoices,
  type Sharing,
  sharingOf,
  withSharing,
} from './sharing.ts';

const detail = (delegation?: AccessDetail['delegation']): AccessDetail => ({
  type: 'ai_model_access',
  provider: 'openai',
  models: ['a'],
  ...(delegation && { delegation }),
});

describe('sharing', () => {
  it.each<[AccessDetail['delegation'], Sharing]>([
    [undefined, { depth: 0, to: null }],
    [{ max_depth: 2 }, { depth: 2, to: null }],
    [
      { max_depth: 1, to: ['own_agents'] },
      { depth: 1, to: ['own_agents'] },
    ],
  ])('of %j is %j, and back', (delegation, sharing) => {
    expect(sharingOf(detail(delegation))).toEqual(sharing);
    expect(withSharing(detail({ max_depth: 9, to: ['x'] }), sharing)).toEqual(detail(delegation));
  });

  it('turned off names nobody to share with', () => {
    expect(withSharing(detail({ max_depth: 1 }), { depth: 0, to: ['own_agents'] })).toEqual(detail());
    expect(isToNobody({ depth: 0, to: [] })).toBe(false);
  });

  it('with anyone can be narrowed to its own agents and back', () => {
    const before = { depth: 2, to: null };
    expect(recipientChoices(before)).toEqual([ANYONE, 'own_agents']);
    const narrowed = chooseRecipient(before, before, 'own_agents', true);
    expect(narrowed).toEqual({ depth: 2, to: ['own_agents'] });
    expect(chooseRecipient(narrowed, before, ANYONE, true)).toEqual(before);
  });

  it('with some can lose each of them and get it back, in the order they had; without any it can not be saved', () => {
    const before = { depth: 1, to: ['own_agents', 'app_1'] };
    const one = chooseRecipient(before, before, 'own_agents', false);
    expect(one.to).toEqual(['app_1']);
    expect(chooseRecipient(one, before, 'own_agents', true)).toEqual(before);
    expect(isToNobody(one)).toBe(false);
    expect(isToNobody(chooseRecipient(one, before, 'app_1', false))).toBe(true);
    expect(chooseRecipient(one, before, 'app_2', true).to).toEqual(['app_1']);
  });
});
