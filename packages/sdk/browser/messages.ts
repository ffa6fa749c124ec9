// What the button says, in English, German and Japanese. An app may replace each of these, for another language or its own words.

/** Texts; those with a value are functions of it. */
export interface ButtonMessages {
  /** The language of these words (RFC 5646), for programs that read them aloud; that of the page where it is left out. */
  readonly lang?: string;
  readonly connect: string;
  readonly address: string;
  readonly addressExample: string;
  readonly waiting: string;
  readonly cancel: string;
  readonly connected: (host: string) => string;
  readonly left: (amount: string) => string;
  readonly noLimit: string;
  readonly manage: string;
  readonly disconnect: string;
  readonly usedUp: string;
  readonly raise: string;
  readonly failed: string;
  readonly retry: string;
  /** Why it failed, by the code of the error; what has no words here is told in those of the error itself, which are English. */
  readonly reasons?: Readonly<Record<string, string>>;
}

const EN: ButtonMessages = {
  lang: 'en',
  connect: 'Connect your AI',
  address: 'Address of your Valetkey',
  addressExample: 'keys.example.com',
  waiting: 'Waiting for you to decide in the other window.',
  cancel: 'Cancel',
  connected: (host) => `Your AI is connected, by ${host}.`,
  left: (amount) => `${amount} left`,
  noLimit: 'No spending limit',
  manage: 'Manage',
  disconnect: 'Disconnect',
  usedUp: 'The budget of this app is used up.',
  raise: 'Raise it',
  failed: 'That did not work.',
  retry: 'Try again',
};

const DE: ButtonMessages = {
  lang: 'de',
  connect: 'Ihre KI verbinden',
  address: 'Adresse Ihres Valetkey',
  addressExample: 'keys.example.com',
  waiting: 'Wartet auf Ihre Entscheidung im anderen Fenster.',
  cancel: 'Abbrechen',
  connected: (host) => `Ihre KI ist verbunden, über ${host}.`,
  left: (amount) => `${amount} übrig`,
  noLimit: 'Kein Ausgabenlimit',
  manage: 'Verwalten',
  disconnect: 'Trennen',
  usedUp: 'Das Budget dieser App ist aufgebraucht.',
  raise: 'Erhöhen',
  failed: 'Das hat nicht geklappt.',
  retry: 'Erneut versuchen',
  reasons: {
    access_denied: 'Es wurde nicht erlaubt.',
    budget_exhausted: 'Das Budget dieser App ist aufgebraucht.',
    insufficient_budget: 'Das Budget dieser App reicht dafür nicht.',
    invalid_address: 'Das ist nicht die Adresse eines Valetkey.',
    issuer_mismatch: 'Geantwortet hat ein anderes Valetkey als das gefragte.',
    not_a_broker: 'Unter dieser Adresse antwortet kein Valetkey.',
    no_answer: 'Valetkey antwortet nicht.',
    not_connected: 'Diese Verbindung wurde anderswo beendet oder ersetzt.',
    popup_blocked: 'Der Browser hat das Fenster nicht geöffnet.',
    popup_closed: 'Das Fenster wurde geschlossen.',
    state_mismatch: 'Diese Antwort gehört zu keiner Anfrage von hier.',
    storage_failed: 'Die Verbindung konnte nicht gelesen oder gespeichert werden.',
  },
};

const JA: ButtonMessages = {
  lang: 'ja',
  connect: 'AI を接続する',
  address: 'お使いの Valetkey のアドレス',
  addressExample: 'keys.example.com',
  waiting: '別のウィンドウでの判断を待っています。',
  cancel: 'キャンセル',
  connected: (host) => `${host} を通じて AI に接続しました。`,
  left: (amount) => `残り ${amount}`,
  noLimit: '使用額の上限なし',
  manage: '管理',
  disconnect: '接続を解除',
  usedUp: 'このアプリの予算を使い切りました。',
  raise: '引き上げる',
  failed: 'うまくいきませんでした。',
  retry: 'もう一度試す',
  reasons: {
    access_denied: '許可されませんでした。',
    budget_exhausted: 'このアプリの予算を使い切りました。',
    insufficient_budget: 'このアプリの予算の残りでは足りません。',
    invalid_address: 'Valetkey のアドレスではありません。',
    issuer_mismatch: '問い合わせた先とは別の Valetkey が応答しました。',
    not_a_broker: 'このアドレスでは Valetkey が応答していません。',
    no_answer: 'Valetkey が応答しません。',
    not_connected: 'この接続はほかの場所で終了したか、置き換えられました。',
    popup_blocked: 'ブラウザーがウィンドウを開きませんでした。',
    popup_closed: 'ウィンドウが閉じられました。',
    state_mismatch: 'この応答に対応する要求はここにはありません。',
    storage_failed: '接続を読み出せないか、保存できませんでした。',
  },
};

/** The words of the first of these languages (`de-AT`) that there are words in, else the English ones. */
export const messagesIn = (tags: readonly string[]): ButtonMessages => {
  const languages = tags.map((tag) => tag.toLowerCase().split('-', 1)[0]);
  const wanted = languages.find((language) => language === 'en' || language === 'de' || language === 'ja');
  return wanted === 'de' ? DE : wanted === 'ja' ? JA : EN;
};
