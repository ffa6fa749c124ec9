// POST /moderations: free at every provider that has it, so it is bounded by nothing and metered by nothing.

import { fail, succeed } from '@valetkey/core';
import type { Operation } from '../../contract.ts';
import { canonical } from '../../json/parse-json.ts';
import { flawError } from '../reading/flaw.ts';
import { plainReading } from '../reading/plain-reading.ts';
import { FREE, jsonBody, post } from '../reading/request.ts';
import { kinds, listOf, object, text, textOr } from '../reading/rules.ts';
import { STEERING } from '../reading/steering.ts';
import { startWalk } from '../reading/walk.ts';

import type { OpenAiFlavour } from './flavour.ts';
import { imageUrl } from './media.ts';

/** The model that the provider takes when none is named; it is written out, so that what is checked is what is used. */
const DEFAULT_MODEL = 'omni-moderation-latest';

/** Moderations of one provider. */
export const moderations = (flavour: OpenAiFlavour): Operation => {
  const part = kinds('type', {
    text: object({ type: text, text }, 'text'),
    image_url: object({ type: text, image_url: imageUrl(flavour) }, 'image_url'),
  });
  const check = object({ ...STEERING, model: text, input: textOr(listOf(textOr(part))) }, 'input');
  return {
    name: `${flavour.provider}.moderations`,
    method: 'POST',
    path: '/moderations',
    capability: 'moderation',
    body: 'json',
    maxBodyBytes: 32 * 1024 * 1024,
    read: (input) => {
      const body = { model: DEFAULT_MODEL, ...jsonBody(input) };
      const found = check(body, startWalk(input.unknownFields, body.model));
      if (found) return fail(flawError(found));
      const sent = canonical(body);
      return succeed(plainReading(body.model, () => post('/v1/moderations', sent), { bound: FREE }));
    },
  };
};
