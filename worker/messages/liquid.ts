/**
 * Liquid as messages may use it: synchronous (16 times faster in workerd than its promises), no partials, own properties
 * only, and bounded by counting, because the clock that liquidjs would measure with stands still in production.
 */
import {
  CaptureTag,
  Context,
  type Emitter,
  ForTag,
  Liquid,
  type Parser,
  type TagToken,
  type Template,
  type TopLevelToken,
  toValue,
  toValueSync,
} from "liquidjs";
import { type Particle, particleAfter } from "../lib/josa.ts";
import { formatMoney, toMinor } from "../lib/money.ts";

export const SOURCE_LIMIT_CHARACTERS = 20_000;
const OUTPUT_LIMIT_CHARACTERS = 100_000;
/** What filters, captures and loop steps of one rendering may use up together, in characters and steps. */
const WORK_LIMIT = 200_000;
/** Parsed templates that an isolate keeps. */
const KEPT_TEMPLATES = 200;

const PARTICLES = new Map(
  (
    [
      ["이", "가"],
      ["을", "를"],
      ["은", "는"],
      ["으로", "로"],
      ["와", "과"],
      ["이나", "나"],
      ["이란", "란"],
      ["아", "야"],
      ["이랑", "랑"],
      ["이에요", "예요"],
      ["으로서", "로서"],
      ["으로써", "로써"],
      ["으로부터", "로부터"],
      ["이라", "라"],
    ] as const
  ).flatMap(([one, other]): [string, Particle][] => {
    const particle = `${one}/${other}` as Particle;
    return [
      [particle, particle],
      [`${other}/${one}`, particle],
    ];
  }),
);

/** Every step of a loop costs one unit: nested loops over long lists end before the Worker's CPU limit ends everything. */
class BoundedFor extends ForTag {
  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remaining, liquid, parser);
    this.templates.unshift({ token, render: (context: Context) => context.memoryLimit.use(1) });
  }
}

/** A capture that repeats itself doubles with every line; liquidjs counts only what filters make. */
class BoundedCapture extends CaptureTag {
  override *render(context: Context): Generator<unknown, void, string> {
    yield* super.render(context);
    context.memoryLimit.use(String(toValueSync(context._get([this.variable]))).length);
  }
}

class BoundedText implements Emitter {
  buffer = "";

  write(value: unknown): void {
    this.buffer += textOf(toValue(value));
    if (this.buffer.length > OUTPUT_LIMIT_CHARACTERS) {
      throw new Error(`the text is longer than ${OUTPUT_LIMIT_CHARACTERS} characters`);
    }
  }
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map((each) => textOf(toValue(each))).join("");
  if (typeof value === "object") throw new Error("this is a group of fields, not a text: name one of its fields");
  return String(value);
}

const liquid = new Liquid({
  strictFilters: true,
  strictVariables: true,
  lenientIf: true,
  ownPropertyOnly: true,
  parseLimit: SOURCE_LIMIT_CHARACTERS + 1,
  memoryLimit: WORK_LIMIT,
});
for (const name of ["include", "render", "layout", "block", "tablerow", "cycle", "increment", "decrement"]) {
  delete liquid.tags[name];
}
liquid.registerTag("for", BoundedFor);
liquid.registerTag("capture", BoundedCapture);

liquid.registerFilter("josa", (value: unknown, pair: unknown) => {
  const particle = PARTICLES.get(String(pair));
  if (!particle) throw new Error(`josa knows no "${pair}": write both forms, such as "을/를"`);
  const text = textOf(value);
  return text === "" ? "" : text + particleAfter(text, particle);
});
/** Major units of the named currency, else of the site's. */
liquid.registerFilter("money", function (value: unknown, named?: unknown) {
  const { site } = this.context.environments as { site?: { currency?: string } };
  const currency = String(named ?? site?.currency ?? "KRW");
  const amount = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof amount !== "number" || !Number.isFinite(amount)) throw new Error("money needs a number");
  return formatMoney(toMinor(amount, currency), currency, this.context.opts.locale);
});
liquid.registerFilter("json_escape", (value: unknown) => JSON.stringify(textOf(value)).slice(1, -1));
liquid.registerFilter("url_param_escape", (value: unknown) => encodeURIComponent(textOf(value).toWellFormed()));

const parsed = new Map<string, Template[]>();

/** Parsed once an isolate. Throws liquidjs's errors, which carry the place. */
export function parseTemplate(source: string): Template[] {
  const known = parsed.get(source);
  if (known) return known;
  const templates = liquid.parse(source);
  if (parsed.size >= KEPT_TEMPLATES) {
    const oldest = parsed.keys().next().value;
    if (oldest !== undefined) parsed.delete(oldest);
  }
  parsed.set(source, templates);
  return templates;
}

const optionsByPlace = new Map<string, Liquid["options"]>();

/** Dates are written in the site's zone and the reader's language. */
function optionsFor(locale: string, timeZone: string): Liquid["options"] {
  const place = `${locale} ${timeZone}`;
  let options = optionsByPlace.get(place);
  if (!options) {
    const dateFormat = locale.startsWith("ko") ? "%Y년 %-m월 %-d일" : "%B %-d, %Y";
    options = { ...liquid.options, locale, timezoneOffset: timeZone, dateFormat };
    if (optionsByPlace.size > 100) optionsByPlace.clear();
    optionsByPlace.set(place, options);
  }
  return options;
}

/** Throws liquidjs's errors: an undefined variable outside a condition, a filter's refusal, a bound that is reached. */
export function renderParsed(templates: Template[], variables: Record<string, unknown>, locale: string): string {
  const { site } = variables as { site?: { time_zone?: string } };
  const options = optionsFor(locale, site?.time_zone ?? "UTC");
  const context = new Context(variables, options, { sync: true }, { liquid });
  const text = new BoundedText();
  toValueSync(liquid.renderer.renderTemplates(templates, context, text));
  return text.buffer;
}
