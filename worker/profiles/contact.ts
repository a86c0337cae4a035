/** Addresses as they are stored: telephone numbers in E.164 (libphonenumber's metadata), e-mail as it is compared. Pure. */
import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min";

/** The first two letters of a currency name its country (ISO 4217), but for the few that several share. */
export function countryOf(currency: string): CountryCode | undefined {
  const country = currency.slice(0, 2);
  return isSupportedCountry(country) ? country : undefined;
}

/**
 * "010-1234-5678" in Korea and "+82 10 1234 5678" anywhere are +821012345678. Undefined for what is no possible number:
 * nothing could be sent to it.
 */
export function phoneOf(said: string, country: CountryCode | undefined): string | undefined {
  // Shops write 82-10-…, without the plus.
  const text = said.trim().replace(/^00?82[\s-]?(?=1\d)|^82[\s-]?(?=1\d)/, "+82 ");
  const number = parsePhoneNumberFromString(text, country);
  return number?.isValid() ? number.number : undefined;
}

const EMAIL =
  /^[^\s@<>(),;:"[\]\\]{1,64}@(?:[a-z0-9\p{L}](?:[a-z0-9\p{L}-]{0,61}[a-z0-9\p{L}])?\.)+[a-z\p{L}][a-z0-9\p{L}-]{0,61}$/iu;

/** Its domain in lower case: the part before the @ is the receiver's own business. Undefined for what is no address. */
export function emailOf(said: string): string | undefined {
  const text = said.trim();
  if (text.length > 254 || !EMAIL.test(text)) return undefined;
  const at = text.lastIndexOf("@");
  return `${text.slice(0, at)}@${text.slice(at + 1).toLowerCase()}`;
}
