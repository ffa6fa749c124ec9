// Words about grants that are made, edited and delegated, in Japanese.

import type { Translated } from '@valetkey/core';
import type { grants as english } from '../en/grants.ts';

/** Japanese. */
export const grants: Translated<typeof english> = {
  grantFlags: {
    requests: '送れるリクエスト数の上限（合計）',
    partProvider: '複数ある場合、どのプロバイダーの部分か',
    modelMissing: "--model がありません（'*' はすべてのモデルを許可します）",
    ceilingMissing: '上限がありません。--limit 5/month または --requests N を付けてください',
    badExpires:
      '--expires には 12h や 30d のような期間、または 2026-12-31T00:00:00Z のような日時を指定してください',
    badPeriod: (what, text, periods) => `${what} ${text}: スラッシュの後は次のいずれかです: ${periods}`,
    twoLimits: (text) => `--limit ${text}: 同じ期間の上限が 2 つあります`,
  },
  shortGrant: {
    provider: 'モデルのプロバイダー（openai など。既定: プログラムに合うもの、またはキーのある唯一のもの）',
    model: "モデル、または 'gpt-5*' のような先頭部分。繰り返し可（既定: すべて）",
    limit: '使用額の上限。繰り返し可（既定: 5）',
    capability: '作業の種類（chat など）。繰り返し可（既定: すべて）',
    expires: '終了までの時間（30m、2h など。既定: 8h）',
    name: '一覧などに表示する名前',
  },
  grantCreate: {
    summary: '範囲と予算を決めてトークンを作る',
    provider: 'モデルのプロバイダー（openai など。必須）',
    model: "モデル、'gpt-5*' のような先頭部分、またはすべてを表す '*'。繰り返し可（必須）",
    limit: '使用額の上限（1 か月、1 週間、1 日、1 分、または合計）。繰り返し可',
    capability: '作業の種類（chat、embeddings など）。繰り返し可（既定: すべて）',
    expires: '終了の時期: 90m、12h、30d、8w、または日時（既定: 期限なし）',
    delegationDepth: 'さらに委任できる段階の数（既定: 0）',
    delegateTo:
      '委任先: own_agents、または身元を証明する client_id。繰り返し可、指定すると 1 段階（既定: 誰でも）',
    device: '使える端末を自分のこの端末に限る。繰り返し可（既定: どこからでも）',
    name: '呼び名（使うプログラムの名前など）',
    shownOnce: (id) => `トークンが表示されるのは今だけです。止めるには: valetkey apps revoke ${id}`,
  },
  grantEdit: {
    summary: '許可の内容を変更する（指定しない項目はそのまま）',
    model: '代わりに使えるモデル。繰り返し可',
    limit: '今の金額の上限すべてに代わる上限。繰り返し可',
    capability: '代わりにできる作業の種類。繰り返し可',
    expires: '終了の時期: 90m、12h、30d、8w、または日時',
    delegationDepth: 'さらに委任できる段階の数',
    delegateTo: '委任先をこれだけに限る: own_agents または client_id。繰り返し可',
    changeMissing: '何を変更するかを示すオプションがありません',
    done: '変更しました。次の呼び出しから有効です。',
    notUnderstood: (problem) => `このバージョンではこの許可を解釈できません: ${problem}`,
    noPart: (provider, names) => `この許可に ${provider} の部分はありません。あるもの: ${names}`,
    whichPart: (names) => `許可のどの部分かを --provider で指定してください。次のいずれかです: ${names}`,
  },
  delegate: {
    summary: '許可の下により狭いトークンを作る、またはそれでプログラムを実行する',
    from: '自分の許可の 1 つ（既定: VALETKEY_TOKEN、OPENAI_API_KEY などのトークン）',
    provider: '許可のうちこのプロバイダーだけ（既定: すべて）',
    model: "モデル、または 'gpt-5*' のような先頭部分。繰り返し可（既定: 許可と同じ）",
    limit: '使用額の上限。繰り返し可（既定: 許可の残り）',
    capability: '作業の種類（chat など）。繰り返し可（既定: 許可と同じ）',
    expires: '終了までの時間（15m、8h など。既定: 1h）',
    depth: 'さらに委任できる段階の数（既定: 0）',
    delegateTo: '委任先: own_agents または client_id。繰り返し可、指定すると 1 段階（既定: 許可と同じ）',
    name: '所有者に表示される名前（既定: worker）',
    keep: 'コマンドが終わった後も残す',
    jsonWithCommand: '--json はトークンを出力するため、コマンドと一緒には使えません',
    noPart: (provider) => `この許可に ${provider} の部分はありません。`,
    whichProvider: (names) =>
      `この許可には複数のプロバイダーがあります（${names}）。--provider で指定してください。`,
    runsWith: (name, id) => `${name} の許可は ${id} で、${name} と同時に終わります。`,
    runsUntil: (name, id, end) => `${name} の許可は ${id} で、${end} に終わります。`,
    notPermitted:
      'この許可は委任できません。所有者なら委任できる許可を作れます: valetkey grant create --delegation-depth 1',
    shownOnce: (parentId) =>
      `トークンが表示されるのは今だけです。上位の許可 ${parentId} と同時に終わります。`,
  },
};
