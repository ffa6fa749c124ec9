// What is said about the programs of "Connect an app", in German: where the values go, and the one thing each is known to trip over.

/** By the id of each program. `how` is only there where no file says it. */
export const programTips: Readonly<Record<string, { readonly how?: string; readonly trap: string }>> = {
  'claude-code': {
    trap: 'ANTHROPIC_API_KEY darf nicht gesetzt sein: Mit beiden werden zwei Schlüssel geschickt und jeder Aufruf abgelehnt. Wenn Sie nur einige Modelle erlauben, nehmen Sie ein Haiku-Modell dazu; kleine Aufrufe im Hintergrund nutzen es.',
  },
  codex: {
    trap: 'Die ersten drei Zeilen müssen über jeder [Tabelle] der Datei stehen. Codex ruft die Responses API auf: Ein Konto, das nur Chat anbietet, funktioniert nicht.',
  },
  'gemini-cli': {
    trap: 'Bei einer Anmeldung mit Google gelten diese Werte nicht, und die Aufrufe gehen an diesem Broker vorbei. Wählen Sie „Use Gemini API key“ in /auth, oder schreiben Sie die Einstellungsdatei.',
  },
  aider: { trap: 'Vor den Namen des Modells gehört openai/, sonst fragt aider einen anderen Anbieter.' },
  opencode: {
    trap: 'Nur Modelle, die in der Datei stehen, sind wählbar. Lassen Sie die Datei in Ihrem Home-Ordner: Die Datei eines Projekts wird mit eingecheckt, samt Token.',
  },
  cursor: {
    how: 'Cursor Settings › Models › API Keys: „Override OpenAI Base URL“ einschalten, Basis-URL und Token einfügen, dann das Modell mit seinem Namen hinzufügen.',
    trap: 'Die Aufrufe kommen von Cursors Servern, nicht von Ihrem Rechner. Dieser Broker muss aus dem Internet über https erreichbar sein: 127.0.0.1 oder eine Adresse Ihres Netzes funktioniert nie.',
  },
  cline: {
    how: 'Im Editor, Settings › API Provider „OpenAI Compatible“: Basis-URL, Token und Modell einfügen. Im Terminal tun es die Zeilen unten.',
    trap: 'Das Modell wird eingetippt, nicht ausgewählt: Schreiben Sie es genau wie oben. Wo Plan und Act verschiedene Modelle nutzen, füllen Sie beide aus.',
  },
  'qwen-code': {
    trap: 'Setzen Sie alle drei: Ohne OPENAI_MODEL übernimmt es keine davon und verlangt eine Anmeldung.',
  },
  continue: {
    trap: 'Lassen Sie die Datei in Ihrem Home-Ordner: Die Datei eines Projekts wird mit eingecheckt, samt Token. Sie ersetzt die ganze Liste der Modelle.',
  },
  'open-webui': {
    how: 'Admin Panel › Settings › Connections › OpenAI API: eine Verbindung mit Basis-URL und Token hinzufügen.',
    trap: 'In einem Container ist 127.0.0.1 der Container selbst: Schreiben Sie eine Adresse, unter der er diesen Broker erreicht, etwa host.docker.internal.',
  },
  librechat: {
    trap: 'Beide Dateien müssen in den Container eingebunden sein, und dort ist 127.0.0.1 der Container selbst: Schreiben Sie eine Adresse, unter der er diesen Broker erreicht.',
  },
  obsidian: {
    how: 'In einem Plugin, das ein Modell im „OpenAI Format“ nimmt, etwa Copilot: ein eigenes Modell mit Basis-URL, Token und Modellname hinzufügen.',
    trap: 'Plugins speichern ihre Einstellungen im Vault. Mit wem Sie den Vault abgleichen oder teilen, der bekommt vielleicht das Token: Geben Sie ihm ein kleines Budget.',
  },
  raycast: {
    how: 'Settings › AI › Custom Providers öffnet die Datei.',
    trap: 'Nehmen Sie „Custom Providers“, nicht „Custom API Keys“: Die gehen über Raycasts Server, die diese Adresse nicht kennen.',
  },
  'openai-sdk': {
    trap: 'Die Basis-URL endet mit /v1 und geht nicht weiter: /chat/completions hängt das SDK selbst an.',
  },
  'anthropic-sdk': { trap: 'Die Basis-URL hat am Ende kein /v1: Das SDK hängt es an.' },
  'google-sdk': {
    trap: 'Ist auch GOOGLE_API_KEY gesetzt, gilt er vor GEMINI_API_KEY, und der Aufruf wird abgelehnt. Die Basis-URL hat am Ende kein /v1beta.',
  },
  'ai-sdk': {
    trap: 'Übergeben Sie ein Modell, das dieser Provider erzeugt hat. Ein bloßer Name wie "openai/gpt-5" geht zu Vercels Gateway, an diesem Broker vorbei.',
  },
  langchain: {
    trap: 'In JavaScript gehört die Adresse in configuration: { baseURL }. Überall sonst wird sie übergangen, und das Token geht an OpenAI.',
  },
  'openai-agents': {
    trap: 'Schalten Sie tracing aus, wie unten: Was der Agent sagt und tut, geht sonst an OpenAI, an diesem Broker vorbei, mit dem gesetzten OPENAI_API_KEY.',
  },
  'claude-agent-sdk': {
    trap: 'Geben Sie process.env mit, wie unten: Was in env steht, ersetzt die ganze Umgebung. ANTHROPIC_API_KEY darf darin nicht gesetzt sein: Zwei Schlüssel werden abgelehnt.',
  },
};

/** The words around the list and the values. */
export const programs = {
  lead: 'Wählen Sie das Programm. Es bekommt ein eigenes Token mit eigenem Budget, und Sie bekommen genau die Werte zum Einfügen.',
  groups: { agents: 'Programmier-Agenten', apps: 'Chat und Notizen', code: 'Eigener Code' },
  other: 'Etwas anderes',
  otherText: 'Jedes Programm mit Feldern für Basis-URL und Schlüssel',
  all: 'Alle Programme',
  title: (program: string) => `${program} verbinden`,
  setupTool: (program: string) =>
    `Schneller im Terminal: Das zeigt, was es in die Einstellungen von ${program} schreibt, fragt nach und stellt das Token selbst aus. Oder füllen Sie das Formular aus.`,
  formLead: 'Es bekommt ein eigenes Token mit eigenem Budget.',
  needsAccount: (program: string, providers: string) => `${program} braucht ein KI-Konto bei ${providers}.`,
  setup: (program: string) => `${program} einrichten`,
  trap: 'Bekannte Falle',
  paste: (place: string) => `Einfügen ${place}`,
  pasteInstead: (place: string) => `Oder ${place}`,
  shell: 'in das Terminal, in dem Sie es starten',
  code: 'in Ihren Code',
  file: (path: string) => `in ${path}`,
  tried: {
    tests: (packageName: string, version: string) => `Mit jeder Änderung erprobt: ${packageName} ${version}.`,
    once: (packageName: string, version: string) =>
      `Mit diesen Werten einmal erprobt, im November 2026, mit simulierten Anbietern: ${packageName} ${version}.`,
  },
  more: (program: string) => `Mehr über ${program}`,
  untried: 'Von uns nicht erprobt: Wo Ihre Version abweicht, gilt deren eigene Dokumentation.',
};
