// A browser of a few lines: keeps cookies by path, follows redirects within the broker, reads forms as they were rendered.

/** What a page or a redirect out of the broker came to. `url` is where it ended. */
export interface Landing {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

/** A browser with its own cookies. `owner` is who is signed in, or null; `language` is what it prefers (RFC 9110, section 12.5.4). */
export class Browser {
  owner: string | null;
  language = '*';
  readonly #origin: string;
  #cookies: Cookie[] = [];

  constructor(origin: string, owner: string | null = 'ada') {
    this.#origin = origin;
    this.owner = owner;
  }

  /** Loads the address and follows redirects until a page, or until one leads out of the broker. */
  open(url: string): Promise<Landing> {
    return this.#load(new URL(url, this.#origin), { method: 'GET' });
  }

  /** Sends a form as a page of the broker would; `headers` replaces what the browser adds. */
  submit(url: string, fields: URLSearchParams, headers: Record<string, string> = {}): Promise<Landing> {
    const own = { origin: this.#origin, 'content-type': 'application/x-www-form-urlencoded' };
    const body = fields.toString();
    return this.#load(new URL(url, this.#origin), { method: 'POST', body, headers: { ...own, ...headers } });
  }

  async #load(url: URL, init: RequestInit): Promise<Landing> {
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: {
        accept: 'text/html',
        'accept-language': this.language,
        ...(init.headers as object),
        cookie: this.#cookieHeader(url.pathname),
      },
    });
    for (const header of response.headers.getSetCookie()) this.#keep(header, url.pathname);
    const location = response.headers.get('location');
    if (location === null) {
      return {
        url: url.href,
        status: response.status,
        headers: response.headers,
        text: await response.text(),
      };
    }
    await response.text();
    const next = new URL(location, url);
    if (next.origin !== this.#origin || next.pathname === '/sign-in') {
      return { url: next.href, status: response.status, headers: response.headers, text: '' };
    }
    return this.#load(next, { method: 'GET' });
  }

  #cookieHeader(path: string): string {
    const matching = this.#cookies.filter(
      (cookie) => path === cookie.path || path.startsWith(`${cookie.path.replace(/\/$/, '')}/`),
    );
    const own = matching.map(({ name, value }) => `${name}=${value}`);
    return [...own, ...(this.owner === null ? [] : [`owner=${this.owner}`])].join('; ');
  }

  #keep(header: string, requestPath: string): void {
    const [pair = '', ...attributes] = header.split('; ');
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    const path = attributes.find((one) => one.toLowerCase().startsWith('path='))?.slice(5) ?? requestPath;
    this.#cookies = this.#cookies.filter((cookie) => cookie.name !== name || cookie.path !== path);
    if (value !== '') this.#cookies.push({ name, value, path });
  }
}

/** The fields of the page's form as they would be sent untouched, without the buttons. */
export function formFields(page: string): URLSearchParams {
  const fields = new URLSearchParams();
  for (const [tag] of page.matchAll(/<input\b[^>]*>/g)) {
    const attribute = (name: string) => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
    const isOff = /type="(checkbox|radio)"/.test(tag) && !/\schecked\b/.test(tag);
    const name = attribute('name');
    if (name !== undefined && !isOff && !/\sdisabled\b/.test(tag))
      fields.append(name, plainText(attribute('value') ?? 'on'));
  }
  for (const [, name = '', options = ''] of page.matchAll(
    /<select[^>]*\sname="([^"]*)"[^>]*>(.*?)<\/select>/gs,
  )) {
    const chosen =
      /<option value="([^"]*)"[^>]*\sselected/.exec(options) ?? /<option value="([^"]*)"/.exec(options);
    if (chosen) fields.append(name, plainText(chosen[1] ?? ''));
  }
  return fields;
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

const plainText = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|#39);/g, (_all, name: string) => ENTITIES[name] ?? '');
