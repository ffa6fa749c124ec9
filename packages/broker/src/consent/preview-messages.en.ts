// What stands above a preview of a consent page, in English.

/** The words. */
export const previewMessagesEn = {
  title: (name: string) => `Preview: ${name}`,
  note: 'This is a preview. It shows what people see when your app asks for access, with a request that was made up. Nothing on it does anything.',
  label: 'Preview of the page',
  reason: 'Here stands the reason that your app gives.',
} as const;
