// Which provider answers, and which of its keys pays.

import { Link } from '@tanstack/react-router';
import type { Provider, ProviderKey } from '../../api/types.ts';
import { listNames } from '../../format/list.ts';
import { t } from '../../messages/messages.ts';
import { isReady } from '../../rules/new-grant.ts';
import { Choice, FieldGroup, SelectField } from '../../ui/field.tsx';

interface ProviderChoiceProps {
  readonly providers: readonly Provider[];
  readonly chosen: string;
  readonly onChoose: (name: string) => void;
}

/** The providers as radio buttons; those without a key cannot be chosen and say so. */
export function ProviderChoice({ providers, chosen, onChoose }: ProviderChoiceProps) {
  const ready = providers.filter(isReady);
  const waiting = providers.filter((provider) => !isReady(provider));
  return (
    <FieldGroup legend={t.connect.provider}>
      <div className="grid gap-2 sm:grid-cols-2">
        {ready.map((provider) => (
          <Choice
            key={provider.name}
            type="radio"
            name="provider"
            title={provider.label}
            text={stateOf(provider)}
            checked={provider.name === chosen}
            onChange={() => onChoose(provider.name)}
          />
        ))}
      </div>
      {waiting.length > 0 && (
        <p className="mt-2 text-sm text-muted">
          {t.connect.needsKey(listNames(waiting.map((provider) => provider.label)), waiting.length)}{' '}
          <Link to="/accounts" className="link">
            {t.connect.addKey}
          </Link>
        </p>
      )}
    </FieldGroup>
  );
}

function stateOf(provider: Provider): string {
  if (provider.simulated) return t.connect.simulated;
  return provider.key_required ? t.connect.ready : t.connect.keyless;
}

interface KeyChoiceProps {
  readonly keys: readonly ProviderKey[];
  readonly chosen: string | null;
  readonly onChoose: (id: string) => void;
}

/** The keys of the provider, where there is more than one. */
export function KeyChoice({ keys, chosen, onChoose }: KeyChoiceProps) {
  if (keys.length < 2) return null;
  return (
    <SelectField
      label={t.connect.whichKey}
      value={chosen ?? keys[0]?.id}
      onChange={(event) => onChoose(event.target.value)}
    >
      {keys.map((held) => (
        <option key={held.id} value={held.id}>
          {t.app.keyEnding(held.label, held.last_four)}
        </option>
      ))}
    </SelectField>
  );
}
