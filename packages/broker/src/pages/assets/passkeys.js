// Passkeys need a script: this one turns the server's options into the browser's dialog and sends back what it says. Without it, or in
// a browser that has no passkeys, the page works with a password and the button stays hidden.

const call = async (path, body) => {
  const answer = await fetch(`/api/auth/passkey/${path}`, {
    method: body ? 'POST' : 'GET',
    headers: body ? { 'content-type': 'application/json' } : {},
    body: body ? JSON.stringify(body) : undefined,
  });
  if (answer.ok) return answer.json();
  // Only what changes how an owner comes in asks for the person again.
  if (answer.status === 401 && path.includes('regist')) {
    location.assign(`/confirm?return_to=${encodeURIComponent(location.pathname)}`);
    return new Promise(() => {});
  }
  const refused = new Error(`${path} answered ${answer.status}`);
  if (answer.status === 429) refused.name = 'TooOftenError';
  throw refused;
};

const prove = async () => {
  const options = await call('generate-authenticate-options');
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON({
    ...options,
    userVerification: 'required',
  });
  const credential = await navigator.credentials.get({ publicKey });
  await call('verify-authentication', { response: credential.toJSON() });
};

const signIn = async ({ dataset }) => {
  await prove();
  location.assign(dataset.returnTo);
};

// The form goes as if its own button had been pressed: the answer to it is the server's.
const confirm = async ({ form }) => {
  await prove();
  form.requestSubmit(form.querySelector('button[value=allow]'));
};

const register = async (path, name, more) => {
  const options = await call(path);
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = await navigator.credentials.create({ publicKey });
  await call('verify-registration', {
    response: credential.toJSON(),
    name: `${name} ${new Date().toISOString().slice(0, 10)}`,
    ...more,
  });
};

const add = async (_button, { passkeyOf }) => {
  await register('generate-register-options', passkeyOf);
  location.reload();
};

// The account of an invitation is made with the passkey alone.
const join = async ({ form }, { passkeyOf }) => {
  if (!form.elements.email.reportValidity()) return;
  const fields = new FormData(form);
  const query = new URLSearchParams({ context: fields.get('token'), name: fields.get('email') });
  await register(`generate-register-options?${query}`, passkeyOf, { createSession: true });
  location.assign('/');
};

const ACTIONS = { 'sign-in': signIn, add, confirm, join };

/** The words that the page holds for each error; `failed` for any other. */
const WORDS = { NotAllowedError: 'cancelled', InvalidStateError: 'known', TooOftenError: 'tooOften' };

if (window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
  for (const part of document.querySelectorAll('[data-needs-passkeys]')) {
    const problem = part.querySelector('[data-passkey-problem]');
    const button = part.querySelector('[data-passkey]');
    part.hidden = false;
    button.addEventListener('click', async () => {
      problem.textContent = '';
      button.disabled = true;
      try {
        await ACTIONS[button.dataset.passkey](button, problem.dataset);
      } catch (error) {
        problem.textContent = problem.dataset[WORDS[error.name] ?? 'failed'];
      }
      button.disabled = false;
    });
  }
}
