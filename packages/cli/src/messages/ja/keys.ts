// Words about provider keys, in Japanese.

import type { Translated } from '@valetkey/core';
import type { keys as english } from '../en/keys.ts';

/** Japanese. */
export const keys: Translated<typeof english> = {
  readKey: {
    missing: (command) => `キーが渡されませんでした。標準入力で渡してください: ${command} < key.txt`,
    malformed: 'キーは空白を含まない 1 行です。キーそのものだけを渡してください',
  },
  keysAdd: {
    summary: 'プロバイダーキーを保管庫に封印する（キーは標準入力から読む）',
    label: 'キーが複数あるときに見分けるための名前',
    prompt: (provider) => `${provider} の API キー`,
    unknownProvider: (names) =>
      `その名前のプロバイダーはここにはありません。次の中から選んでください: ${names}`,
    done: (provider, id) =>
      `${provider} のキーを保管庫に封印しました。確認するには: valetkey keys test ${id}`,
  },
  keysList: {
    summary: '保管庫にあるプロバイダーキーを一覧表示する',
    empty: 'プロバイダーキーはまだありません。追加するには: valetkey keys add openai < key.txt',
  },
  keysRm: {
    summary: 'プロバイダーキーを保管庫から削除する',
    revokeGrants: 'このキーを使うすべての許可も取り消す',
    inUse:
      'このキーを使っているアプリがあります（一覧: valetkey apps list）。キーと一緒に取り消すには --revoke-grants を付けてください。',
    done: 'キーを削除しました。',
  },
  keysRotate: {
    summary: 'プロバイダーキーを置き換える（新しいキーは標準入力から読む）',
    prompt: (id) => `${id} に代わる新しい API キー`,
    done: (provider, grants, id) =>
      `${provider} のキーを置き換えました。使っている許可は ${grants} 件です。valetkey keys test ${id} で確認してから、${provider} 側で古いキーを無効にしてください。`,
  },
  keysTest: {
    summary: 'キーが動作するかをプロバイダーに問い合わせる（動作しなければ終了コード 1）',
    works: (ok) => (ok ? 'はい' : 'いいえ'),
    refused: (message) => `キーが動作しません: ${message}`,
  },
};
