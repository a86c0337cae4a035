const digits = new Map<string, number>();

/** Decimal places of an ISO 4217 currency (KRW 0, USD 2), from ICU; throws RangeError for a malformed code. */
export function minorDigits(currency: string): number {
  let known = digits.get(currency);
  if (known === undefined) {
    known = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
    digits.set(currency, known);
  }
  return known;
}

/** 39.9 USD → 3990; 39000 KRW → 39000. Money is stored as an integer of the currency's minor unit. */
export function toMinor(amount: number, currency: string): number {
  return Math.round(amount * 10 ** minorDigits(currency));
}

/** The inverse of `toMinor`. */
export function fromMinor(minor: number, currency: string): number {
  return minor / 10 ** minorDigits(currency);
}

const formatters = new Map<string, Intl.NumberFormat>();

/** "39,000원" in Korean, "₩39,000" in English: ICU's name style would say "대한민국 원". */
export function formatMoney(minor: number, currency: string, locale: string): string {
  const isWon = currency === "KRW" && locale.startsWith("ko");
  // Building a formatter takes forty times as long as using one.
  const name = `${locale} ${currency}`;
  let formatter = formatters.get(name);
  if (!formatter) {
    const maximumFractionDigits = minorDigits(currency);
    formatter = new Intl.NumberFormat(
      locale,
      isWon ? { maximumFractionDigits } : { style: "currency", currency, maximumFractionDigits },
    );
    formatters.set(name, formatter);
  }
  const text = formatter.format(fromMinor(minor, currency));
  return isWon ? `${text}원` : text;
}
