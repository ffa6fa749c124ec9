// Words about signing in, help, and what is wrong with a command line, in Japanese.

import type { Translated } from '@valetkey/core';
import type { basics as english } from '../en/basics.ts';

/** Japanese. */
export const basics: Translated<typeof english> = {
  resultNotWritten: (code = '') => `結果を書き込めません (${code})。`,
  login: {
    summary: 'サーバーにログインする(ブラウザー、またはメールアドレスとパスワード)',
    email: 'このメールアドレスとパスワードでサインインする',
    passwordStdin: 'パスワードを標準入力から読む',
    needsEmail: '--password-stdin には --email が必要です',
    passwordWanted: '--password-stdin を付けて、パスワードを標準入力で渡してください',
    password: 'パスワード',
    done: (server, email) => `${server} に ${email} としてログインしました。`,
    otherIssuer: (issuer, server) =>
      `このサーバーの名前は ${issuer} です。プログラムは ${server} ではなくそちらに送られます。`,
  },
};
