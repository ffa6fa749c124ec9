// The published parse vectors, run through the parser and, where it can tell, through the JSON Schema.

import Ajv from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import schema from '../../schema/ai-model-access.schema.json' with { type: 'json' };
import vectors from '../../schema/parse-vectors.json' with { type: 'json' };
import { accesses } from './access.arbitrary.ts';
import { formatAccess } from './format-access.ts';
import { parseAccess, parseAuthorizationDetails } from './parse-access.ts';

interface ParseVector {
  readonly name: string;
  readonly input: unknown;
  readonly normalised?: readonly unknown[];
  readonly refused?: string;
  readonly schemaAccepts?: boolean;
}

const cases = vectors.cases as readonly ParseVector[];
const providers = new Map(Object.entries(vectors.providerOf));
const providerOf = (model: string | null) => providers.get(model ?? '') ?? null;
const parse = (input: unknown) =>
  parseAuthorizationDetails(input, { maxEntries: vectors.maxEntries, providerOf });

describe('parseAuthorizationDetails', () => {
  it.each(cases.filter((vector) => vector.normalised))('accepts $name', ({ input, normalised }) => {
    const parsed = parse(input);
    expect(parsed.ok ? parsed.value.map(formatAccess) : parsed.error.message).toEqual(normalised);
  });

  it.each(cases.filter((vector) => vector.refused))('refuses $name', ({ input, refused }) => {
    const parsed = parse(input);
    expect(parsed).toMatchObject({
      ok: false,
      error: { code: 'invalid_authorization_details', member: refused },
    });
  });

  it('says only what an OAuth error_description may hold', () => {
    const hostile = {
      type: 'ai_model_access',
      provider: 'openai',
      'a"\\\n\u202e': 1,
      models: ['"\\é', '"\\é'],
    };
    for (const input of [...cases.map((vector) => vector.input), [hostile]]) {
      const parsed = parse(input);
      if (!parsed.ok) expect(parsed.error.message).toMatch(/^[ !#-[\]-~]{1,900}$/);
    }
  });

  it('does not touch prototypes', () => {
    const input = JSON.parse('[{"type":"ai_model_access","provider":"openai","__proto__":{"models":["a"]}}]');
    expect(parse(input)).toMatchObject({
      ok: false,
      error: { member: 'authorization_details[0].__proto__' },
    });
  });

  it('reads no member that is only inherited', () => {
    const input = Object.assign(Object.create({ provider: 'openai' }), { type: 'ai_model_access' });
    expect(parse([input])).toMatchObject({
      ok: false,
      error: { member: 'authorization_details[0].provider' },
    });
  });

  it('refuses llm-inference where no provider can be found for it', () => {
    const input = [{ type: 'llm-inference', budget: 1 }];
    expect(parseAuthorizationDetails(input, { maxEntries: 1 })).toMatchObject({
      ok: false,
      error: { member: 'authorization_details[0].type' },
    });
  });
});

describe('the wire form', () => {
  it('of every right parses back to that right', () => {
    fc.assert(
      fc.property(accesses, (access) => {
        const wire = JSON.parse(JSON.stringify(formatAccess(access)));
        expect(parseAccess(wire)).toEqual({ ok: true, value: access });
      }),
    );
  });

  it('is a fixed point of parsing any JSON that is accepted', () => {
    const loose = fc.record(
      {
        provider: fc.constantFrom('openai', 'X'),
        models: fc.jsonValue(),
        limits: fc.jsonValue(),
        reason: fc.jsonValue(),
      },
      { requiredKeys: ['provider'] },
    );
    fc.assert(
      fc.property(loose, (members) => {
        const parsed = parseAccess({ type: 'ai_model_access', ...members });
        if (parsed.ok) expect(parseAccess(formatAccess(parsed.value))).toEqual(parsed);
      }),
    );
  });
});

describe('the JSON Schema', () => {
  const validate = new Ajv.default({ strict: true, allowUnionTypes: true }).compile(schema);
  const single = cases.filter((vector) => !vector.name.startsWith('TPX') && entriesOf(vector).length === 1);

  it.each(single)('agrees with the parser on $name', (vector) => {
    expect(validate(entriesOf(vector)[0])).toBe(vector.schemaAccepts ?? vector.refused === undefined);
  });

  it('accepts every right that a parser can make', () => {
    fc.assert(
      fc.property(accesses, (access) => {
        expect(validate(formatAccess(access)), JSON.stringify(validate.errors)).toBe(true);
      }),
    );
  });
});

function entriesOf(vector: ParseVector): readonly unknown[] {
  return Array.isArray(vector.input) ? vector.input : [];
}
