/** Bundles the tag and what it loads into `widget/dist`, which the worker serves as static assets. */
import { mkdirSync } from "node:fs";

mkdirSync(new URL("dist", import.meta.url), { recursive: true });
