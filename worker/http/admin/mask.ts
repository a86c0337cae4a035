/** What names a person, as lists show it: enough to tell two apart, too little to read over a shoulder. Pure. */

/** "minji@mail.example" → "m••••@mail.example". */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf("@");
  return at < 1 ? maskText(email) : `${maskText(email.slice(0, at))}${email.slice(at)}`;
}

/** The first character, and no hint of how many follow. */
export function maskText(text: string): string {
  const [first = ""] = text;
  return `${first}••••`;
}

/** A shop's own id is shown as it is, unless it is an address itself. */
export function maskId(id: string): string {
  if (/@/.test(id)) return maskEmail(id);
  return /^\+?[\d\s()-]{9,}$/.test(id) ? `${id.slice(0, 4)}••••${id.slice(-2)}` : id;
}
