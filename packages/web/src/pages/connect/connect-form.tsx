// The form of "Connect an app": a name, an AI account, models, a budget, an end.

import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { createGrant } from '../../api/endpoints.ts';
import type { Provider, ProviderKey } from '../../api/types.ts';
import { useAction } from '../../app/use-action.ts';
import { formatUsd, typedUsd } from '../../format/money.ts';
import { t } from '../../messages/messages.ts';
import {
  budgetRows,
  choiceProblem,
  type GrantChoice,
  modelToTry,
  newGrant,
  preferredProvider,
} from '../../rules/new-grant.ts';
import { Button } from '../../ui/button.tsx';
import { CeilingLines } from '../../ui/ceiling-lines.tsx';
import { FormError } from '../../ui/error-panel.tsx';
import { TextField } from '../../ui/field.tsx';
import { useNow } from '../../ui/moment.tsx';
import type { Connected } from '../connect.tsx';
import { KeyChoice, ProviderChoice } from './account-fields.tsx';
import { BudgetFields } from './budget-fields.tsx';
import { ChoiceSummary } from './choice-summary.tsx';
import { ModelFields } from './model-fields.tsx';

const FIRST_CHOICE = {
  keyId: null,
  models: null,
  amount: '5',
  per: 'month',
  days: 30,
  sharedLevels: 0,
} as const;

interface ConnectFormProps {
  /** What it is called unless the person says otherwise. */
  readonly name: string;
  readonly providers: readonly Provider[];
  readonly keys: readonly ProviderKey[];
  readonly onConnected: (connected: Connected) => void;
}

/** The form; `onConnected` gets the created grant with its token. */
export function ConnectForm({ name, providers, keys, onConnected }: ConnectFormProps) {
  const { app, provider: wanted } = getRouteApi('/connect').useSearch();
  const navigate = useNavigate();
  const nowMs = useNow();
  const provider = preferredProvider(providers, wanted);
  const paying = keys.filter((held) => held.provider === provider?.name);
  const [rest, setRest] = useState<Omit<GrantChoice, 'provider'>>({ ...FIRST_CHOICE, name });
  const [isTried, setTried] = useState(false);
  const choice: GrantChoice = {
    ...rest,
    provider: provider?.name ?? '',
    keyId: rest.keyId ?? (paying.length > 1 ? (paying[0]?.id ?? null) : null),
  };
  const create = useAction(
    () => createGrant(newGrant(choice, nowMs)),
    (grant) => onConnected({ grant, model: provider ? modelToTry(provider, choice.models) : null }),
  );
  const change = (part: Partial<GrantChoice>) => setRest({ ...rest, ...part });
  const chooseProvider = (chosen: string) => {
    change({ keyId: null, models: null });
    void navigate({ to: '/connect', search: { app, provider: chosen }, replace: true, resetScroll: false });
  };
  const problem = isTried ? choiceProblem(choice) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (choiceProblem(choice) === null) create.mutate(undefined);
  };
  return (
    <form
      onSubmit={submit}
      className="grid items-start gap-x-14 gap-y-8 xl:grid-cols-[minmax(0,42rem)_minmax(16rem,1fr)]"
    >
      <div className="space-y-8">
        <TextField
          label={t.connect.name}
          hint={t.connect.nameHint}
          placeholder={t.connect.namePlaceholder}
          value={choice.name}
          maxLength={80}
          required
          autoComplete="off"
          onChange={(event) => change({ name: event.target.value })}
        />
        <ProviderChoice providers={providers} chosen={choice.provider} onChoose={chooseProvider} />
        <KeyChoice keys={paying} chosen={choice.keyId} onChoose={(keyId) => change({ keyId })} />
        {provider && (
          <ModelFields
            key={provider.name}
            provider={provider}
            chosen={choice.models}
            error={problem === 'models' ? t.connect.chooseModel : null}
            onChoose={(models) => change({ models })}
          />
        )}
        <BudgetFields
          choice={choice}
          error={problem === 'amount' ? t.connect.badAmount : null}
          onChange={change}
        />
      </div>
      <div className="space-y-5 xl:sticky xl:top-12">
        {provider && <ChoiceSummary choice={choice} provider={provider} />}
        <CeilingLines sets={[{ rows: budgetRows(choice), keyId: choice.keyId ?? paying[0]?.id }]} />
        <FormError error={create.error} />
        <Button
          type="submit"
          tone="primary"
          busy={create.isPending}
          className="min-h-11 w-full py-2 text-base whitespace-normal sm:w-auto xl:w-full"
        >
          {submitWords(choice)}
        </Button>
      </div>
    </form>
  );
}

function submitWords(choice: GrantChoice): string {
  const amount = typedUsd(choice.amount);
  if (amount === null) return t.connect.createPlain;
  return t.connect.create(formatUsd(amount), t.connect.perOptions[choice.per]);
}
