// What the process says on its terminal when it starts and ends, in each language. What it refuses to start with is said in English alone,
// as the documents say it.

import { type Language, languageOfTerminal, type Translated } from '@valetkey/core';

const en = {
  listening: (issuer: string) => `Valetkey is listening on ${issuer}`,
  setUp: (link: string) => `Set it up once, within 24 hours: ${link}`,
  locked:
    'The master key does not open this database. Only /healthz and /readyz answer. Start with the key it was made with; while that is being replaced, with the one before as VALETKEY_MASTER_KEY_OLD, too.',
  inspector: 'The inspector is open: whoever reaches it reads the provider keys. Start without --inspect.',
  notOrderly: (why: string) => `The end was not orderly: ${why}`,
  portTaken: (port: number, host: string) =>
    `Port ${port} of ${host} is taken. Set VALETKEY_PORT to another.`,
  failed: (why: string) => `Valetkey could not start: ${why}`,
};

const de: Translated<typeof en> = {
  listening: (issuer) => `Valetkey läuft unter ${issuer}`,
  setUp: (link) => `Richten Sie es einmal ein, binnen 24 Stunden: ${link}`,
  locked:
    'Der Hauptschlüssel öffnet diese Datenbank nicht. Nur /healthz und /readyz antworten. Starten Sie mit dem Schlüssel, mit dem sie angelegt wurde; wird er gerade ersetzt, auch mit dem von vorher als VALETKEY_MASTER_KEY_OLD.',
  inspector:
    'Der Inspector ist offen: Wer ihn erreicht, liest die Anbieter-Schlüssel. Starten Sie ohne --inspect.',
  notOrderly: (why) => `Das Ende war nicht geordnet: ${why}`,
  portTaken: (port, host) =>
    `Port ${port} von ${host} ist belegt. Setzen Sie VALETKEY_PORT auf einen anderen.`,
  failed: (why) => `Valetkey konnte nicht starten: ${why}`,
};

const ja: Translated<typeof en> = {
  listening: (issuer) => `Valetkey は ${issuer} で動作しています`,
  setUp: (link) => `24 時間以内に一度だけ設定してください: ${link}`,
  locked:
    'マスターキーではこのデータベースを開けません。応答するのは /healthz と /readyz だけです。作成時のキーで起動してください。置き換えの途中であれば、以前のキーも VALETKEY_MASTER_KEY_OLD に設定してください。',
  inspector:
    'インスペクターが開いています。到達できる人はプロバイダーキーを読めます。--inspect なしで起動してください。',
  notOrderly: (why) => `正常に終了できませんでした: ${why}`,
  portTaken: (port, host) =>
    `${host} のポート ${port} は使用中です。VALETKEY_PORT を別の値に設定してください。`,
  failed: (why) => `Valetkey を起動できませんでした: ${why}`,
};

const TABLES: Readonly<Record<Language, typeof en>> = { en, de, ja };

/** The words for whoever reads: a person at a terminal in the language that the environment asks for, a program in English. */
export const startWords = (
  env: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): typeof en => TABLES[isTerminal ? languageOfTerminal(env) : 'en'];
