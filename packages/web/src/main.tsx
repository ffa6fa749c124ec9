// Begins with the language, then loads the dashboard: its modules read their words when they are set up.

import { speak, wantedLanguage } from './messages/messages.ts';
import './styles.css';

await speak(wantedLanguage(document.cookie, navigator.languages));
await import('./app/start.tsx');
