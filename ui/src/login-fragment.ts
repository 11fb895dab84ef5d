/** Takes the code of a login link out of the address bar, before anything else can see it (R40). */

/** The parts of `location` and `history` that are touched. */
export interface AddressBar {
  readonly hash: string
  replace(path: string): void
}

const CODE = /^#login=([\w-]{1,128})$/

/**
 * `null` when there is no login link. Whatever fragment or query there was is gone afterwards: the page
 * has no parameters, so that no link can point it at another gateway (R01).
 */
export function takeLoginCode(bar: AddressBar): string | null {
  const code = CODE.exec(bar.hash)?.[1] ?? null
  bar.replace('/')
  return code
}

export function browserAddressBar(): AddressBar {
  return {
    hash: window.location.hash,
    replace: (path) => window.history.replaceState(null, '', path),
  }
}
