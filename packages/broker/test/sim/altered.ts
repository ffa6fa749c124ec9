// Plants a defect: an object with some of its methods replaced, so that a judge can be shown to find what is wrong.

/** What `change` returns stands in the place of the methods of that name; it gets the object, to call the ones that it replaces. */
export const altered =
  <Target extends object>(change: (target: Target) => Partial<Target>) =>
  (target: Target): Target => {
    const changes = change(target);
    return new Proxy(target, {
      get(whole, name) {
        const value: unknown = Reflect.get(changes, name) ?? Reflect.get(whole, name, whole);
        return typeof value === 'function' ? value.bind(whole) : value;
      },
    });
  };
