// <connect-your-ai>: the button by which a person connects their AI account, and what is left of it afterwards. It works under a strict content
// security policy: no inline style, no markup made of text. What a broker says MUST be shown as text alone.

import type { AskedAccess } from '../src/connect/app.ts';
import type { Connection } from '../src/connect/connection.ts';
import type { Budget } from '../src/valetkey.ts';
import { refusalOf, ValetkeyError } from '../src/valetkey-error.ts';
import { connect, type PageOptions, restore } from './connect.ts';
import { STYLES } from './element-styles.ts';
import { type ButtonMessages, messagesIn } from './messages.ts';

/** What is shown. `link` is where the person acts on it. */
type View =
  | { readonly kind: 'loading' | 'idle' | 'waiting' }
  | { readonly kind: 'connected'; readonly budget: Budget | null }
  | { readonly kind: 'used-up'; readonly says: string; readonly link: string }
  | { readonly kind: 'failed'; readonly says: string };

/** Frameworks that render on a server import this file there, too, where there is no such class. */
const Base: typeof HTMLElement = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/** After an answer began to stream, its cost is known a little later. */
const SETTLED_MS = 1_500;

/**
 * Attributes: `client-id`, `access` (JSON; or the property), `broker` (without it the person types theirs), `redirect-uri`, `mode`, `name`.
 * It speaks the language of its `lang`, or of what it stands in; else the browser's.
 *
 * Events, which bubble: `valetkey-connect` (`detail` is the `Connection`; also when a page loads that is connected already),
 * `valetkey-disconnect`, `valetkey-error` (`detail` is what was thrown).
 */
export class ConnectYourAi extends Base {
  /** What is asked for. */
  access: readonly AskedAccess[] = [];
  #messages: ButtonMessages | null = null;
  #connection: Connection | null = null;
  #waiting: AbortController | null = null;
  #later: ReturnType<typeof setTimeout> | undefined;
  readonly #status = make('p', { role: 'status' });
  readonly #actions = make('div', { class: 'box' });

  /** What the app uses; null while nothing is connected. Its `fetch` keeps what is shown up to date. */
  get connection(): Connection | null {
    return this.#connection;
  }

  /** What it says; set it before the element is in the page. */
  get messages(): ButtonMessages {
    const { lang } = this.closest<HTMLElement>('[lang]') ?? document.documentElement;
    return this.#messages ?? messagesIn([lang, ...navigator.languages]);
  }

  set messages(own: ButtonMessages) {
    this.#messages = own;
  }

  connectedCallback(): void {
    if (!this.shadowRoot) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLES);
      const root = this.attachShadow({ mode: 'open', delegatesFocus: true });
      root.adoptedStyleSheets = [sheet];
      root.append(make('div', { class: 'box card', part: 'card' }, this.#status, this.#actions));
    }
    document.addEventListener('visibilitychange', this.#onReturn);
    addEventListener('pageshow', this.#onReturn);
    this.#show({ kind: 'loading' });
    void this.#attempt(async () => this.#use(await restore(this.#options())));
  }

  disconnectedCallback(): void {
    document.removeEventListener('visibilitychange', this.#onReturn);
    removeEventListener('pageshow', this.#onReturn);
    clearTimeout(this.#later);
    this.#waiting?.abort();
  }

  /** Asks what is left, and shows it. */
  async refresh(): Promise<void> {
    const connection = this.#connection;
    if (connection === null) return;
    await this.#attempt(async () => {
      const budget = await connection.budget();
      if (this.#connection !== connection) return;
      if (budget === null || Number(budget.remainingUsd) > 0) this.#show({ kind: 'connected', budget });
      else this.#showUsedUp(this.messages.usedUp, null);
    });
  }

  #options(): PageOptions {
    const text = (name: string): string | undefined => this.getAttribute(name) ?? undefined;
    const [redirectUri, name] = [text('redirect-uri'), text('name')];
    return {
      clientId: text('client-id') ?? '',
      ...(redirectUri && { redirectUri: new URL(redirectUri, location.href).href }),
      ...(name && { name }),
    };
  }

  readonly #onReturn = (event: Event): void => {
    // A page that was left for the broker and come back to with the Back button still shows that it waits.
    if (event instanceof PageTransitionEvent && event.persisted && !this.#connection)
      this.#show({ kind: 'idle' });
    else if (document.visibilityState === 'visible') void this.refresh();
  };

  /** MUST be called within a click: windows are opened there alone. */
  async #connect(broker: string): Promise<void> {
    const controller = new AbortController();
    this.#waiting = controller;
    const mode = this.getAttribute('mode') === 'redirect' ? 'redirect' : 'popup';
    await this.#attempt(async () => {
      const connecting = connect({
        ...this.#options(),
        broker,
        access: this.access.length > 0 ? this.access : JSON.parse(this.getAttribute('access') ?? '[]'),
        mode,
        signal: controller.signal,
      });
      this.#show({ kind: 'waiting' });
      await this.#use(await connecting);
    }, controller.signal);
  }

  async #disconnect(): Promise<void> {
    await this.#attempt(async () => {
      await this.#connection?.revoke();
      this.#connection = null;
      this.#show({ kind: 'idle' });
      this.#tell('disconnect', null);
    });
  }

  async #use(connection: Connection | null): Promise<void> {
    if (connection === null) return this.#show({ kind: 'idle' });
    this.#connection = { ...connection, fetch: (input, init) => this.#watch(connection, input, init) };
    this.#tell('connect', this.#connection);
    await this.refresh();
  }

  async #watch(connection: Connection, ...[input, init]: Parameters<typeof fetch>): Promise<Response> {
    const response = await connection.fetch(input, init);
    clearTimeout(this.#later);
    if (response.status !== 402) this.#later = setTimeout(() => void this.refresh(), SETTLED_MS);
    else {
      const body: unknown = await response
        .clone()
        .json()
        .catch(() => null);
      const refusal = refusalOf(402, body);
      this.#showUsedUp(this.#reason(refusal), refusal.link);
    }
    return response;
  }

  /** Does the work; what it throws is shown and told, unless the person has given it up. */
  async #attempt(work: () => Promise<void>, signal?: AbortSignal): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      if (signal?.aborted) return this.#show({ kind: 'idle' });
      this.#show({ kind: 'failed', says: this.#reason(thrown) });
      this.#tell('error', thrown);
    }
  }

  #reason(thrown: unknown): string {
    const words = thrown instanceof ValetkeyError ? this.messages.reasons?.[thrown.code] : undefined;
    return words ?? (thrown instanceof Error ? thrown.message : String(thrown));
  }

  #tell(what: 'connect' | 'disconnect' | 'error', detail: unknown): void {
    this.dispatchEvent(new CustomEvent(`valetkey-${what}`, { detail, bubbles: true, composed: true }));
  }

  #showUsedUp(says: string, link: string | null): void {
    const { issuer, manageUrl } = this.#connection ?? { issuer: '', manageUrl: '' };
    const isOfBroker = link !== null && URL.parse(link)?.origin === issuer;
    this.#show({
      kind: 'used-up',
      // The address at its end stands in the link.
      says: link === null ? says : says.replace(`: ${link}`, '.'),
      link: isOfBroker ? link : `${manageUrl}?edit=limits`,
    });
  }

  #show(view: View): void {
    const hadFocus = this.shadowRoot?.activeElement != null;
    this.#status.className = view.kind === 'failed' || view.kind === 'used-up' ? 'bad' : '';
    const { lang } = this.messages;
    if (lang) this.#status.lang = this.#actions.lang = lang;
    this.#status.textContent = this.#words(view);
    this.#actions.replaceChildren(...this.#controls(view));
    this.dataset.state = view.kind;
    if (hadFocus) this.#actions.querySelector<HTMLElement>('button, a, input')?.focus();
  }

  #words(view: View): string {
    const { messages } = this;
    switch (view.kind) {
      case 'waiting':
        return messages.waiting;
      case 'connected':
        return messages.connected(new URL(this.#connection?.issuer ?? '').host);
      case 'used-up':
        return view.says;
      case 'failed':
        return `${messages.failed} ${view.says}`;
      default:
        return '';
    }
  }

  #controls(view: View): Node[] {
    const { messages } = this;
    const disconnect = button(messages.disconnect, () => void this.#disconnect());
    switch (view.kind) {
      case 'loading':
        return [];
      case 'idle':
        return this.#ways();
      case 'waiting':
        return [button(messages.cancel, () => this.#waiting?.abort())];
      case 'connected': {
        const amount = view.budget ? messages.left(amountText(view.budget.remainingUsd)) : messages.noLimit;
        const manage = link(messages.manage, this.#connection?.manageUrl ?? '');
        return [make('p', { class: 'left' }, amount), manage, disconnect];
      }
      case 'used-up':
        return [link(messages.raise, view.link), disconnect];
      case 'failed':
        return this.#connection
          ? [button(messages.retry, () => void this.refresh()), disconnect]
          : this.#ways();
    }
  }

  /** The button, and where the app does not know the broker a field for its address. */
  #ways(): Node[] {
    const { messages } = this;
    const broker = this.getAttribute('broker');
    if (broker) return [button(messages.connect, () => void this.#connect(broker), 'main')];
    const field = make('input', {
      type: 'text',
      inputmode: 'url',
      autocapitalize: 'none',
      autocomplete: 'off',
      spellcheck: 'false',
      placeholder: messages.addressExample,
    });
    const go = (): void => void this.#connect(field.value);
    field.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      // Else the same key would press Cancel, which has the focus next.
      event.preventDefault();
      go();
    });
    return [make('label', {}, messages.address, field), button(messages.connect, go, 'main')];
  }
}

function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>>,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function button(text: string, onClick: () => void, look = ''): HTMLButtonElement {
  const element = make('button', { type: 'button', class: look }, text);
  element.addEventListener('click', onClick);
  return element;
}

/** Its address is made of the broker's origin, which is http or https: no other scheme gets here. */
const link = (text: string, href: string): HTMLAnchorElement =>
  make('a', { href, target: '_blank', rel: 'noopener noreferrer' }, text);

/** Rounded down: nobody is told of more than there is. Four digits below a cent. */
function amountText(usd: string): string {
  const digits = Number(usd) < 0.01 ? 4 : 2;
  const format = new Intl.NumberFormat(undefined, {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    roundingMode: 'trunc',
  } as Intl.NumberFormatOptions);
  return format.format(Number(usd));
}

declare global {
  interface HTMLElementTagNameMap {
    'connect-your-ai': ConnectYourAi;
  }
}

if (globalThis.customElements && !customElements.get('connect-your-ai'))
  customElements.define('connect-your-ai', ConnectYourAi);
