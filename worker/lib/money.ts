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

/** "39,000원" in Korean, "₩39,000" in English: ICU's name style would say "대한민국 원". */
export function formatMoney(minor: number, currency: string, locale: string): string {
  const amount = fromMinor(minor, currency);
  if (currency === "KRW" && locale.startsWith("ko")) return `${amount.toLocaleString("ko-KR")}원`;
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    maximumFractionDigits: minorDigits(currency),
  }).format(amount);
}
