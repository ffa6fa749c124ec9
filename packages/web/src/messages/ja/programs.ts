// What is said about the programs of "Connect an app", in Japanese: where the values go, and the one thing each is known to trip over.

/** By the id of each program. `how` is only there where no file says it. */
export const programTips: Readonly<Record<string, { readonly how?: string; readonly trap: string }>> = {
  'claude-code': {
    trap: 'ANTHROPIC_API_KEY を解除してください。両方あるとキーが 2 つ送られ、すべて拒否されます。モデルを限定する場合は Haiku も含めてください。背後の小さな呼び出しが使います。',
  },
  codex: {
    trap: '最初の 3 行は、ファイル内のどの [テーブル] よりも上に置いてください。Responses API を呼ぶため、チャットだけのアカウントでは動きません。',
  },
  'gemini-cli': {
    trap: 'Google でサインインしていると、これらの値もこのブローカーも無視されます。/auth で 「Use Gemini API key」を選ぶか、設定ファイルを書いてください。',
  },
  aider: { trap: 'モデル名の前に openai/ が必要です。ないと aider は別のプロバイダーに問い合わせます。' },
  opencode: {
    trap: '選べるのはファイルに書いたモデルだけです。ホームフォルダーに置いてください。プロジェクトのファイルはトークンごとコミットされます。',
  },
  cursor: {
    how: 'Cursor Settings › Models › API Keys: 「Override OpenAI Base URL」をオンにし、ベース URL とトークンを貼り付け、モデルを名前で追加します。',
    trap: '呼び出すのはあなたのコンピューターではなく Cursor のサーバーです。このブローカーはインターネットから https で届く必要があります。127.0.0.1 や自分のネットワーク内のアドレスでは動きません。',
  },
  cline: {
    how: 'エディターでは、Settings › API Provider「OpenAI Compatible」にベース URL、トークン、モデルを貼り付けます。ターミナルでは、下の行で設定できます。',
    trap: 'モデルは選択ではなく入力です。上のとおり正確に書いてください。Plan と Act で別のモデルを使うなら両方に入力します。',
  },
  'qwen-code': {
    trap: '3 つとも設定してください。OPENAI_MODEL がないと、どれも使われずログインを求められます。',
  },
  continue: {
    trap: 'ホームフォルダーに置いてください。プロジェクト内のファイルはトークンごとコミットされます。モデルの一覧全体が置き換わります。',
  },
  'open-webui': {
    how: 'Admin Panel › Settings › Connections › OpenAI API: ベース URL とトークンで接続を追加します。',
    trap: 'コンテナー内の 127.0.0.1 はコンテナー自身です。host.docker.internal など、ブローカーに届くアドレスを書いてください。',
  },
  librechat: {
    trap: '両方のファイルをコンテナーにマウントしてください。そこでの 127.0.0.1 はコンテナー自身です。ブローカーに届くアドレスを書いてください。',
  },
  obsidian: {
    how: 'Copilot など 「OpenAI Format」のモデルを使えるプラグインで、ベース URL、トークン、モデル名のカスタムモデルを追加します。',
    trap: 'プラグインは設定を Vault に保存します。Vault を同期・共有する相手にトークンが渡る可能性があります。予算は小さくしてください。',
  },
  raycast: {
    how: 'Settings › AI › Custom Providers でファイルが開きます。',
    trap: '「Custom API Keys」ではなく「Custom Providers」を使ってください。前者は Raycast のサーバーを経由し、このアドレスを知りません。',
  },
  'openai-sdk': {
    trap: 'ベース URL は /v1 で終わり、その先は付けません。/chat/completions は SDK が付け加えます。',
  },
  'anthropic-sdk': { trap: 'ベース URL の末尾に /v1 は付けません。SDK が付け加えます。' },
  'google-sdk': {
    trap: 'GOOGLE_API_KEY もあると GEMINI_API_KEY より優先され、拒否されます。ベース URL の末尾に /v1beta は付けません。',
  },
  'ai-sdk': {
    trap: 'このプロバイダーが作ったモデルを渡してください。"openai/gpt-5" のような名前だけでは、このブローカーを通らず Vercel のゲートウェイに行きます。',
  },
  langchain: {
    trap: 'JavaScript ではアドレスを configuration: { baseURL } に書きます。ほかの場所では無視され、トークンが OpenAI に送られます。',
  },
  'openai-agents': {
    trap: '下のとおりトレースを無効にしてください。有効だと、エージェントの発言と動作が、設定済みの OPENAI_API_KEY で、このブローカーを通らず OpenAI に送られます。',
  },
  'claude-agent-sdk': {
    trap: '下のとおり process.env も渡してください。env の値は環境全体を置き換えます。ANTHROPIC_API_KEY は設定しないでください。キーが 2 つあると拒否されます。',
  },
};

/** The words around the list and the values. */
export const programs = {
  lead: 'プログラムを選んでください。専用の予算を持つ専用のトークンと、貼り付ける正確な値が得られます。',
  groups: { agents: 'コーディングエージェント', apps: 'チャットとノート', code: '自分のコード' },
  other: 'その他',
  otherText: 'ベース URL とキーの欄があるプログラムなら何でも',
  all: 'すべてのプログラム',
  title: (program: string) => `${program} を接続`,
  setupTool: (program: string) =>
    `ターミナルならもっと早く済みます: ${program} の設定に書く内容を示し、確認し、トークンも作ります。または、フォームに入力してください。`,
  formLead: '専用の予算を持つ専用のトークンが渡ります。',
  needsAccount: (program: string, providers: string) =>
    `${program} には ${providers} の AI アカウントが必要です。`,
  setup: (program: string) => `${program} の設定`,
  trap: '既知の落とし穴',
  paste: (place: string) => `貼り付け先: ${place}`,
  pasteInstead: (place: string) => `または ${place}`,
  shell: '起動するターミナル',
  code: 'コード',
  file: (path: string) => path,
  tried: {
    tests: (packageName: string, version: string) => `変更のたびに試験済み: ${packageName} ${version}。`,
    once: (packageName: string, version: string) =>
      `2026 年 11 月に、この値で模擬プロバイダーに対して一度試験済み: ${packageName} ${version}。`,
  },
  more: (program: string) => `${program} の詳細`,
  untried: '未試験です。バージョンが異なる場合は、そのプログラムのドキュメントに従ってください。',
};
