import { describe, expect, it } from 'vitest';
import { addActor, formatActClaim, parseActClaim } from './actor-chain.ts';

const iss = 'https://broker.example';
const actor = (sub: string) => ({ sub, iss });

describe('the act claim', () => {
  it('nests actors with the newest outermost', () => {
    expect(formatActClaim([actor('new'), actor('old')])).toEqual({
      sub: 'new',
      iss,
      sub_profile: 'ai_agent',
      act: { sub: 'old', iss, sub_profile: 'ai_agent' },
    });
  });

  it('is absent without actors', () => {
    expect(formatActClaim([])).toBeUndefined();
    expect(parseActClaim(undefined, 3)).toEqual({ ok: true, value: [] });
  });

  it('reads back as the same chain', () => {
    const chain = [actor('c'), actor('b'), actor('a')];
    expect(parseActClaim(formatActClaim(chain), 3)).toEqual({ ok: true, value: chain });
  });

  it('is refused above the limit of depth, never cut', () => {
    const chain = [actor('c'), actor('b'), actor('a')];
    expect(parseActClaim(formatActClaim(chain), 2)).toMatchObject({ ok: false });
    expect(addActor(chain, actor('d'), 3)).toMatchObject({ ok: false });
    expect(addActor(chain, actor('d'), 4)).toEqual({ ok: true, value: [actor('d'), ...chain] });
  });

  it.each([
    null,
    'agent',
    [],
    {},
    { sub: 'a' },
    { sub: '', iss },
    { sub: 'a', iss: '' },
    { sub: 1, iss },
    { sub: 'a', iss, act: null },
  ])('is refused as %j', (claim) => {
    expect(parseActClaim(claim, 3)).toMatchObject({ ok: false });
  });
});
