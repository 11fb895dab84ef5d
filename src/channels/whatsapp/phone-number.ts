/** How WhatsApp names people in messages: digits alone, the country's first. */

/** Shorter and longer than any number that can be called (ITU-T E.164): whoever is heard under one can be named by it, too. */
const NUMBER = /^[1-9]\d{4,19}$/

export function isPhoneNumber(text: string): boolean {
  return NUMBER.test(text)
}
