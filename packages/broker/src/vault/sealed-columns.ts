// Every column of the database that holds sealed values, and what each value is bound to. A new one MUST be added here: whoever replaces the
// master key seals anew what stands here, and then the key before is gone.

import type { Schema } from '../store/schema.ts';
import type { Binding } from './sealing.ts';

/** What a provider key is bound to. */
export interface ProviderKeyPlace {
  readonly id: string;
  readonly owner_id: string;
  readonly provider: string;
  readonly version: number;
}

/** Of a provider key. */
export const providerKeyBinding = (row: ProviderKeyPlace): Binding => [
  'provider-key',
  row.owner_id,
  row.provider,
  row.id,
  row.version,
];

/** Of a secret of the broker itself. */
export const secretBinding = (purpose: string): Binding => ['secret', purpose];

/** What a row of `secrets` is sealed for: one that there is only one of is named by its purpose. */
export const secretPurpose = ({ id, purpose }: { readonly id: string; readonly purpose: string }): string =>
  id === purpose ? purpose : `${purpose}/${id}`;

/** A column of sealed values, in rows with a text `id`. */
export interface SealedColumn {
  readonly table: keyof Schema;
  readonly column: string;
  /** The columns besides that the binding is made of. */
  readonly more: readonly string[];
  // biome-ignore lint/suspicious/noExplicitAny: a row of these columns
  readonly bindingOf: (row: any) => Binding;
}

/** All of them. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  {
    table: 'provider_keys',
    column: 'sealed',
    more: ['owner_id', 'provider', 'version'],
    bindingOf: providerKeyBinding,
  },
  {
    table: 'secrets',
    column: 'sealed',
    more: ['purpose'],
    bindingOf: (row) => secretBinding(secretPurpose(row)),
  },
  {
    table: 'idempotency_keys',
    column: 'answer',
    more: [],
    bindingOf: ({ id }) => secretBinding(`idempotency.${id}`),
  },
  {
    table: 'alert_destinations',
    column: 'sealed',
    more: [],
    bindingOf: ({ id }) => secretBinding(`alert_destination.${id}`),
  },
];
