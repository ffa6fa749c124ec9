// How the button looks. A constructed sheet, because a page's policy may forbid inline styles; colours follow the page's colour scheme.

/** The sheet of the component. `--valetkey-accent` and `--valetkey-on-accent` replace its colour. */
export const STYLES = `
:host { display: inline-block; max-width: 100%; font: 16px/1.5 system-ui, sans-serif; color: light-dark(#1c1917, #f5f5f4); }
:host([hidden]) { display: none; }
.box { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 12px; }
.card { box-sizing: border-box; padding: 10px 14px; border: 1px solid light-dark(#d6d3d1, #57534e); border-radius: 10px;
  background: light-dark(#fff, #1c1917); }
:host(:is([data-state='loading'], [data-state='idle'])) .card { padding: 0; border: 0; background: none; }
p { margin: 0; overflow-wrap: anywhere; }
/* Stays in the page: what is put into it is read out. */
p:empty { position: absolute; }
.left { font-weight: 600; font-variant-numeric: tabular-nums; }
.bad { color: light-dark(#b91c1c, #fca5a5); }
label { display: grid; gap: 2px; font-size: 14px; }
button, input, a { font: inherit; min-height: 40px; box-sizing: border-box; border-radius: 8px; }
button { padding: 6px 16px; cursor: pointer; color: inherit; background: none;
  border: 1px solid light-dark(#78716c, #a8a29e); }
button.main { border-color: transparent; font-weight: 600;
  background: var(--valetkey-accent, light-dark(#4338ca, #a5b4fc));
  color: var(--valetkey-on-accent, light-dark(#fff, #1e1b4b)); }
button:hover { filter: brightness(0.92); }
input { padding: 6px 10px; width: 15em; max-width: 100%; color: inherit; background: light-dark(#fff, #0c0a09);
  border: 1px solid light-dark(#78716c, #a8a29e); }
a { display: inline-flex; align-items: center; color: light-dark(#4338ca, #a5b4fc); }
:focus-visible { outline: 3px solid light-dark(#4338ca, #a5b4fc); outline-offset: 2px; }
`;
