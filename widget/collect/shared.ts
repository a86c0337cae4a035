/**
 * For the parts: the core's storage and ids. One storage, because what is held until the visitor consents is in its memory;
 * and each byte travels once.
 */
import type { Tag } from "./tag.ts";

const core = () => window.nunchi?.tag as Tag;

export const keep: Tag["keep"] = (name, value) => core().keep(name, value);
export const recall: Tag["recall"] = (name) => core().recall(name);
export const newId: Tag["newId"] = () => core().newId();
