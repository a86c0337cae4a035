/** An id for something that a person named: the name's Latin letters and digits, or the kind; a number where it is taken. Pure. */
export function freshId(name: string, kind: string, taken: string[]): string {
  const slug = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 48);
  // "VIP 고객" is vip; a name that is all Korean says nothing in Latin letters.
  const base = slug.length >= 2 ? slug : kind;
  if (!taken.includes(base)) return base;
  for (let number = 2; ; number++) {
    const id = `${base}-${number}`;
    if (!taken.includes(id)) return id;
  }
}
