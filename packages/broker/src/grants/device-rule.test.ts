import { describe, expect, it } from 'vitest';
import { checkDevice } from './device-rule.ts';

const laptop = { id: 'dev_laptop', isLost: false };
const phone = { id: 'dev_phone', isLost: false };
const old = { id: 'dev_old', isLost: true };
const devices = new Map([
  ['laptop-key', laptop],
  ['phone-key', phone],
  ['old-key', old],
]);
const pinned = (...ids: readonly string[]) => new Set(ids);

describe('a grant', () => {
  it.each([
    ['that is not pinned: anywhere', [], null, null],
    ['that is not pinned: with a key that nobody enrolled', [], 'foreign-key', null],
    ['that is not pinned: from a device, which is named', [], 'laptop-key', laptop],
    ['that is not pinned: not from a lost device', [], 'old-key', 'lost'],
    ['that is pinned: from its device', [pinned('dev_laptop')], 'laptop-key', laptop],
    ['that is pinned: from one of several', [pinned('dev_laptop', 'dev_phone')], 'phone-key', phone],
    ['that is pinned: not from another device', [pinned('dev_laptop')], 'phone-key', 'elsewhere'],
    ['that is pinned: not without a proof', [pinned('dev_laptop')], null, 'elsewhere'],
    [
      'that is pinned: not with a key that nobody enrolled',
      [pinned('dev_laptop')],
      'foreign-key',
      'elsewhere',
    ],
    ['that is pinned to a lost device alone: not at all', [pinned('dev_old')], 'old-key', 'lost'],
    [
      'that is pinned to a lost device alone: not from others',
      [pinned('dev_old')],
      'laptop-key',
      'elsewhere',
    ],
    [
      'that is pinned to a lost device and another: from that',
      [pinned('dev_old', 'dev_phone')],
      'phone-key',
      phone,
    ],
    [
      'below one that is pinned: from a device of both',
      [pinned('dev_laptop', 'dev_phone'), pinned('dev_phone')],
      'phone-key',
      phone,
    ],
    [
      'below one that is pinned: not from a device of one alone',
      [pinned('dev_laptop', 'dev_phone'), pinned('dev_phone')],
      'laptop-key',
      'elsewhere',
    ],
    [
      'below one that is pinned to others: from nowhere',
      [pinned('dev_laptop'), pinned('dev_phone')],
      'phone-key',
      'elsewhere',
    ],
  ])('%s', (_, pins, thumbprint, expected) => {
    const checked = checkDevice({ devices, pins }, thumbprint);
    if (checked.ok) expect(checked.value).toBe(expected);
    else expect(checked.error).toContain(expected === 'lost' ? 'reported lost' : 'works only from devices');
  });
});
