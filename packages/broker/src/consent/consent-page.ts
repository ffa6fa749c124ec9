// The page on which an owner decides: one sentence with the amount, a few plain lines, limits that can be lowered, two equal buttons. It
// works without any script, and says nothing that the decision does not contain.

import { type AccessNames, describeAccess, type Limit, type ModelAccess, usdWritten } from '@valetkey/core';
import type { StepUp } from '../accounts/contract.ts';
import { cleanClientName, isDoubtfulName } from '../grants/client-names.ts';
import type { PendingRequest, RequestingClient } from '../grants/requests-contract.ts';
import { accessWords, languageAtHand } from '../language.ts';
import { confirmationPanel } from '../pages/confirmation.ts';
import { errorSummary, type FormErrors, notice } from '../pages/form.ts';
import { type Html, html } from '../pages/html.ts';
import type { Page } from '../pages/page.ts';
import { type Above, ceilingNotice, keyLines, ownLines } from './ceiling-lines.ts';
import { destinationOf, formActionOf } from './client-words.ts';
import type { ConsentOwner } from './contract.ts';
import { delegationSection } from './delegation-fields.ts';
import { deviceSection } from './device-fields.ts';
import { messages } from './messages.ts';
import { type BudgetOffer, type ExpiryChoice, expiryChoices, type Offer, type PartOffer } from './offer.ts';
import { BUDGET_PERIODS, partFields, REPLACE_FIELD } from './read-decision.ts';

/** What the page is made from. `sent` is the form as it came back, for correcting it. */
export interface ConsentView {
  readonly pending: PendingRequest;
  readonly owner: ConsentOwner;
  readonly offer: Offer;
  readonly above: Above;
  readonly formToken: string;
  readonly nowMs: number;
  readonly names: AccessNames;
  readonly addKeyUrl: (provider: string) => string;
  readonly sent?: URLSearchParams;
  readonly errors?: FormErrors;
  readonly isChanged?: boolean;
  /** What the owner has to show again before this much is allowed; null if nothing. */
  readonly stepUp: StepUp | null;
  readonly largeBudgetNanos: number;
}

/** The page; 409 if the request changed since it was opened, 422 if the form has to be corrected. */
export function consentPage(view: ConsentView): Page {
  const { pending, offer, errors = {} } = view;
  const name = cleanClientName(pending.client);
  const canPay = offer.parts.every(({ keys }) => keys.length > 0);
  return {
    title: messages.title(name),
    language: languageAtHand(),
    status: view.isChanged ? 409 : Object.keys(errors).length > 0 ? 422 : 200,
    signedInAs: view.owner.email,
    ...(view.stepUp?.method === 'passkey' && { script: 'passkeys.js' as const }),
    formAction: pending.redirectUri === null ? [] : [formActionOf(pending.redirectUri)],
    body: html`${headline(name, view)}
${view.isChanged && notice('warning', messages.changed)}
${errorSummary(errors)}
${whoAsks(name, view)}
<form method="post">
<input type="hidden" name="token" value="${view.formToken}">
${offer.parts.map((part, index) => partSection(part, index, view))}
${canPay && offer.parts.length > 1 && html`<section class="panel">${ceilingNotice(ownLimitLines(view))}${expiryField(view)}</section>`}
${canPay && deviceSection(offer, view.sent)}
${canPay && presentGrants(view)}
${canPay && view.stepUp !== null && confirmationPanel(view.stepUp, view.largeBudgetNanos, errors)}
<h2>${messages.itNeverGets}</h2>
<ul class="lines is-not">${messages.never.map((line) => html`<li>${line}</li>`)}</ul>
<p class="quiet">${messages.kept}</p>
<div class="decision">
${canPay && html`<button name="decision" value="allow">${allowLabel(view)}</button>`}
<button class="is-second" name="decision" value="deny" formnovalidate>${messages.cancel}</button>
</div>
${canPay && html`<p class="quiet is-centred">${messages.stop}</p>`}
</form>`,
  };
}

function headline(name: string, view: ConsentView): Html {
  const { offer, names } = view;
  const sum = budgetOfAll(offered(view));
  const spends = offer.parts.map(({ access }, index) => {
    const { headline: spend } = describeAccess(access, names, accessWords);
    const withProvider =
      offer.parts.length > 1 && ` ${messages.withProvider(names.provider(access.provider))}`;
    return html`${index > 0 && ` ${messages.and} `}<strong>${spend}</strong>${withProvider}`;
  });
  const providers = offer.parts.map(({ access }) => names.provider(access.provider));
  const spend = sum
    ? html`<strong>${accessWords.headline(sum.amount, sum.per)}</strong> ${messages.withAll(providers)}`
    : spends;
  return html`<h1 class="ask"><bdi>${name}</bdi> ${messages.wants} ${messages.yourAi} ${messages.and} ${spend}</h1>`;
}

/** What several rights come to together, where each has one budget and all have the same period; null otherwise. */
function budgetOfAll(rights: readonly ModelAccess[]): Pick<Limit, 'amount' | 'per'> | null {
  const [first, ...others] = rights.map(({ limits }) => limits.filter(({ unit }) => unit === 'usd'));
  const per = first?.[0]?.per;
  const isAlike =
    others.length > 0 && [first, ...others].every((each) => each?.length === 1 && each[0]?.per === per);
  if (!isAlike || !first || per === undefined) return null;
  return { per, amount: [first, ...others].reduce((sum, [budget]) => sum + (budget?.amount ?? 0), 0) };
}

const offered = ({ offer }: ConsentView): readonly ModelAccess[] => offer.parts.map(({ access }) => access);

function allowLabel(view: ConsentView): string {
  const { offer, names } = view;
  if (offer.parts.length === 1) return describeAccess(offer.parts[0]!.access, names, accessWords).allow;
  const sum = budgetOfAll(offered(view));
  return sum ? accessWords.allow(sum.amount, sum.per) : messages.allow;
}

function whoAsks(name: string, { pending, owner, nowMs, offer }: ConsentView): Html {
  const { redirectUri, userCode } = pending;
  const destination = redirectUri !== null && messages.destination(destinationOf(redirectUri));
  const reasons = [...new Set(offer.parts.flatMap(({ asked }) => asked.reason ?? []))];
  return html`<p class="lead">${verification(pending.client, owner, nowMs)} ${destination} ${messages.notOurs}</p>
${userCode !== null && deviceWarning(pending.client, userCode)}
${isDoubtfulName(name) && notice('warning', messages.doubtfulName)}
${reasons.map((reason) => html`<p class="words">${messages.reason}: <q><bdi>${reason}</bdi></q></p>`)}`;
}

/** A stranger can send a person their own code, or a link that holds it. */
const deviceWarning = ({ identifiedBy }: RequestingClient, userCode: string): Html =>
  html`<p>${identifiedBy === 'own_words' ? messages.programCode : messages.deviceCode}</p><p class="user-code">${userCode}</p>
${notice('warning', html`<strong>${messages.deviceQuestion}</strong> ${messages.deviceWarning}`)}`;

function verification(client: RequestingClient, owner: ConsentOwner, nowMs: number): string {
  if (client.identifiedBy === 'metadata_document') return messages.byDocument(new URL(client.id).host);
  if (client.identifiedBy === 'callback') return messages.byCallback;
  if (client.identifiedBy === 'own_words') return messages.byOwnWords(client.uri);
  const sinceMs = nowMs - (client.registeredAtMs ?? nowMs);
  if (client.identifiedBy === 'self_registration') return messages.byItself(sinceMs);
  return client.registeredByOwnerId === owner.ownerId ? messages.byYou(sinceMs) : messages.byAnother(sinceMs);
}

function partSection(part: PartOffer, index: number, view: ConsentView): Html {
  const { names, offer } = view;
  const words = describeAccess(part.access, names, accessWords);
  const provider = names.provider(part.asked.provider);
  const otherLimits = describeAccess(
    { ...part.access, limits: part.access.limits.filter(({ unit }) => unit !== 'usd') },
    names,
    accessWords,
  );
  return html`<h2>${offer.parts.length > 1 ? messages.itMayWith(provider) : messages.itMay}</h2>
<ul class="lines">${[...words.actions, words.tools].map((line) => html`<li>${line}</li>`)}
${otherLimits.limits.map((line) => html`<li>${line}</li>`)}</ul>
${part.keys.length === 0 ? missingKey(part.asked.provider, view) : editable(part, index, view)}`;
}

const ownLimitLines = (view: ConsentView): readonly string[] => ownLines(offered(view), view.above);

const missingKey = (provider: string, { names, addKeyUrl }: ConsentView): Html =>
  html`<div class="notice is-warning"><p>${messages.noKey(names.provider(provider))}</p><a class="button is-wide" href="${addKeyUrl(provider)}">${messages.addKey(names.provider(provider))}</a></div>`;

const editable = (part: PartOffer, index: number, view: ConsentView): Html => html`<section class="panel">
<h2>${messages.limits}</h2>
<p class="quiet">${messages.limitsHint}</p>
${ceilingNotice([
  ...(view.offer.parts.length === 1 ? ownLimitLines(view) : []),
  ...keyLines(
    part.access,
    part.keys.map(({ id }) => id),
    view.above,
  ),
])}
<div${!part.budgets.some(({ isProposed }) => isProposed) && html` class="pair"`}>${part.budgets.map((budget) => budgetField(budget, index, view))}
${view.offer.parts.length === 1 && expiryField(view)}</div>
${modelFields(part, index, view)}
${keyField(part, index, view)}
${delegationSection({ ...view, asked: part.asked, index })}
${tokensField(part, index, view)}
</section>`;

/** A field's hint, or what is wrong with it. */
const remark = (name: string, hint: string, error?: string): Html =>
  html`<p class="${error ? 'field-error' : 'hint'}" id="${name}-hint">${error ?? hint}</p>`;

/** What stands in a field: what was sent back, or else the offer's own. */
const fieldValue = ({ sent }: ConsentView, name: string, initial: string): string =>
  sent?.get(name) ?? initial;

function budgetField(budget: BudgetOffer, index: number, view: ConsentView): Html {
  const fields = partFields(index);
  const name = fields.budget(budget.per);
  const chosen = fieldValue(view, fields.period, budget.per);
  const hint = budget.isProposed ? messages.budgetProposedHint : messages.most(budget.amountNanos);
  const error = view.errors?.[name];
  return html`<div class="field${error && ' is-wrong'}">
<label for="${name}">${budget.isProposed ? messages.budgetProposed : messages.budget(budget.per)}</label>
${remark(name, hint, error)}
<div class="inline"><span aria-hidden="true">$</span>
<input id="${name}" name="${name}" inputmode="decimal" autocomplete="off" required aria-describedby="${name}-hint"${error && html` aria-invalid="true"`}
 value="${fieldValue(view, name, usdWritten(budget.amountNanos))}">
${
  budget.isProposed &&
  html`<select name="${fields.period}" id="${fields.period}" aria-label="${messages.budgetPeriod}">
${BUDGET_PERIODS.map((per) => html`<option value="${per}"${per === chosen && html` selected`}>${messages.period(per)}</option>`)}
</select>`
}</div></div>`;
}

function modelFields(
  { asked }: PartOffer,
  index: number,
  { sent, names, errors }: ConsentView,
): Html | false {
  if (asked.models === null || asked.models.length === 1) return false;
  const { model: name } = partFields(index);
  const isChosen = (model: string) => sent === undefined || sent.getAll(name).includes(model);
  return html`<fieldset id="${name}"${errors?.[name] && html` class="is-wrong"`}><legend>${messages.models}</legend>
${errors?.[name] && html`<p class="field-error">${errors[name]}</p>`}
${asked.models.map(
  (
    model,
  ) => html`<label class="choice"><input type="checkbox" name="${name}" value="${model}"${isChosen(model) && html` checked`}>
<span>${model.endsWith('*') ? accessWords.models([], 0, [model.slice(0, -1)]) : names.model(model)}</span></label>`,
)}</fieldset>`;
}

function keyField({ asked, keys }: PartOffer, index: number, view: ConsentView): Html {
  const { key: name } = partFields(index);
  const chosen = fieldValue(view, name, keys[0]!.id);
  const legend = messages.payWith(view.names.provider(asked.provider));
  const [only] = keys;
  if (keys.length === 1 && only !== undefined) {
    return html`<p>${legend}: ${messages.keyName(only.label, only.lastFour)}
<input type="hidden" name="${name}" value="${only.id}"></p>`;
  }
  return html`<fieldset id="${name}"><legend>${legend}</legend>
${keys.map(
  ({ id, label, lastFour }) => html`<label class="choice">
<input type="radio" name="${name}" value="${id}"${id === chosen && html` checked`}>
<span>${messages.keyName(label, lastFour)}</span></label>`,
)}</fieldset>`;
}

function tokensField({ asked }: PartOffer, index: number, view: ConsentView): Html {
  const { tokens: name } = partFields(index);
  const error = view.errors?.[name];
  return html`<details${error && html` open`}><summary>${messages.moreLimits}</summary>
<div class="field${error && ' is-wrong'}"><label for="${name}">${messages.tokens}</label>
${remark(name, messages.tokensHint, error)}
<div class="inline"><input id="${name}" name="${name}" inputmode="numeric" autocomplete="off" aria-describedby="${name}-hint"
 value="${fieldValue(view, name, asked.maxTokensPerRequest === null ? '' : String(asked.maxTokensPerRequest))}"></div></div></details>`;
}

function expiryField(view: ConsentView): Html {
  const { choices, initial } = expiryChoices(
    view.offer.parts.map(({ asked }) => asked),
    view.nowMs,
  );
  const chosen = fieldValue(view, 'expires', initial.value);
  const words = ({ days, endsAtMs }: ExpiryChoice) =>
    days === null ? messages.expiresAsAsked(endsAtMs) : messages.expiresInDays(days);
  return html`<div class="field"><label for="expires">${messages.expires}</label>
<select id="expires" name="expires">
${choices.map((choice) => html`<option value="${choice.value}"${choice.value === chosen && html` selected`}>${words(choice)}</option>`)}
</select></div>`;
}

function presentGrants({ offer, names, sent }: ConsentView): Html | false {
  const { present } = offer;
  if (present.length === 0) return false;
  const rights = present.flatMap(({ parts }) => parts.map(({ access }) => access));
  const sum = budgetOfAll(rights);
  const spends = sum
    ? [accessWords.headline(sum.amount, sum.per)]
    : rights.map((access) => describeAccess(access, names, accessWords).headline);
  const sinceMs = Math.min(...present.map(({ createdAtMs }) => createdAtMs));
  return html`<p>${messages.present(spends, sinceMs)}</p>
<label class="choice"><input type="checkbox" name="${REPLACE_FIELD}" value="on"${sent?.get(REPLACE_FIELD) === 'on' && html` checked`}>
<span>${messages.replace}</span></label>`;
}
