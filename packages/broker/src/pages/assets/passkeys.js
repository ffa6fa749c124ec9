// Passkeys: filled in with the sign-in pages.
