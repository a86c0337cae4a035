/**
 * An on-site message as an HTML fragment for the tag's shadow root. Markup only: the tag brings the style sheet, so that the
 * page's content security policy needs no exception. All words are escaped by the JSX; a marketer's own HTML stands in a
 * sandboxed frame with an origin of its own.
 */
import type { Child } from "hono/jsx";
import type { OnsiteDefinition } from "../../onsite/definition.ts";
import { storesFor } from "../../onsite/stores.ts";
import type { Written, WrittenButton } from "../../onsite/words.ts";

const WORDS = {
  ko: {
    close: "닫기",
    copy: "복사",
    copied: "쿠폰 번호를 복사했어요.",
    thanks: "답해 주셔서 고마워요.",
    allow: "알림 받기",
    later: "나중에",
    apple: "App Store에 리뷰 쓰기",
    google: "Google Play에 리뷰 쓰기",
    low: "추천하지 않음",
    high: "꼭 추천함",
  },
  en: {
    close: "Close",
    copy: "Copy",
    copied: "The code is copied.",
    thanks: "Thank you for your answer.",
    allow: "Notify me",
    later: "Later",
    apple: "Write a review in the App Store",
    google: "Write a review on Google Play",
    low: "Not likely",
    high: "Very likely",
  },
} as const;

interface Shown {
  definition: OnsiteDefinition;
  written: Written;
  userAgent: string;
}

/** `isOpen` for a preview, where no script opens a dialog. */
export function renderMessage(shown: Shown, isOpen = false): string {
  return String(<Message {...shown} isOpen={isOpen} />);
}

const DIALOGS = new Set(["modal", "bottom_sheet", "full_screen"]);

function Message({ definition, written, userAgent, isOpen }: Shown & { isOpen: boolean }) {
  const { format, kind, height } = definition;
  const { locale, title, html } = written;
  const words = WORDS[locale];
  const about = { part: "message", class: `box ${format} ${kind}`, lang: locale, "aria-labelledby": "title" };
  const content = (
    <>
      <button type="button" part="close" class="close" data-act="close" aria-label={words.close} />
      {kind === "html" ? (
        <>
          <h2 id="title" class="unseen">
            {title}
          </h2>
          <iframe
            sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox"
            srcdoc={html ?? ""}
            title={title}
            height={height}
          />
        </>
      ) : (
        <>
          <Media media={definition.media} />
          <div class="text">
            <div class="ask">
              <h2 id="title" part="title" tabindex={-1} autofocus={DIALOGS.has(format) && !isOpen}>
                {title}
              </h2>
              {written.body && <p part="body">{written.body}</p>}
              <Inside definition={definition} written={written} userAgent={userAgent} />
            </div>
            <p
              class="thanks"
              role="status"
              data-thanks={written.thanks ?? (kind === "coupon" ? words.copied : words.thanks)}
            />
          </div>
        </>
      )}
    </>
  );
  return DIALOGS.has(format) ? (
    <dialog {...about} open={isOpen}>
      {content}
    </dialog>
  ) : (
    <section {...about}>{content}</section>
  );
}

function Media({ media }: { media: OnsiteDefinition["media"] }) {
  if (!media) return null;
  if (media.kind === "video")
    return (
      <video
        part="media"
        src={media.url}
        poster={media.poster}
        aria-label={media.alt || undefined}
        controls
        muted
        playsinline
        preload="metadata"
      />
    );
  return (
    <picture>
      {media.still && <source media="(prefers-reduced-motion: reduce)" srcset={media.still} />}
      <img part="media" src={media.url} alt={media.alt} decoding="async" />
    </picture>
  );
}

function Inside({ definition, written, userAgent }: Shown) {
  const words = WORDS[written.locale];
  switch (definition.kind) {
    case "words":
    case "html":
      return <Buttons buttons={written.buttons} />;
    case "products":
      return (
        <>
          <ul part="list">
            {written.products.map((item, index) => (
              <li>
                <a part="card" href={item.url} data-act="open" data-item-id={item.id} data-button={index + 1}>
                  {item.imageUrl && <img part="image" src={item.imageUrl} alt="" decoding="async" />}
                  <span part="name">{item.title}</span>
                  {item.priceText && <b part="price">{item.priceText}</b>}
                </a>
              </li>
            ))}
          </ul>
          <Buttons buttons={written.buttons} />
        </>
      );
    case "coupon":
      return (
        <>
          <p class="code">
            <code part="code">{written.code}</code>
            <button type="button" part="copy" data-act="copy" data-code={written.code}>
              {words.copy}
            </button>
          </p>
          <Buttons buttons={written.buttons} />
        </>
      );
    case "rating":
      return <Scale scale={definition.scale} low={words.low} high={words.high} />;
    case "review":
      return (
        <Buttons
          buttons={storesFor(definition.stores, userAgent).map(({ store, url }) => ({
            does: "open",
            label: words[store],
            url,
          }))}
        />
      );
    case "push":
      return (
        <div part="buttons">
          <button type="button" part="button" data-act="push">
            {words.allow}
          </button>
          <button type="button" part="button" data-act="close">
            {words.later}
          </button>
        </div>
      );
  }
}

function Buttons({ buttons }: { buttons: WrittenButton[] }) {
  if (buttons.length === 0) return null;
  return (
    <div part="buttons">
      {buttons.map(
        ({ does, label, url }, index): Child =>
          does === "open" ? (
            <a part="button" href={url} data-act="open" data-button={index + 1}>
              {label}
            </a>
          ) : (
            <button type="button" part="button" data-act={does} data-button={index + 1}>
              {label}
            </button>
          ),
      )}
    </div>
  );
}

/** Net promoter score: 0 to 10, with what the ends mean; stars: 1 to 5. */
function Scale({ scale, low, high }: { scale: OnsiteDefinition["scale"]; low: string; high: string }) {
  const isNps = scale === "nps";
  const scores = isNps ? Array.from({ length: 11 }, (_, score) => score) : [1, 2, 3, 4, 5];
  return (
    <>
      <fieldset class={`scale ${scale}`} aria-labelledby="title">
        {scores.map((score) => (
          <button
            type="button"
            part="score"
            data-act="rate"
            data-score={score}
            aria-label={`${score} / ${scores.at(-1)}`}
          >
            {isNps ? score : "★"}
          </button>
        ))}
      </fieldset>
      {isNps && (
        <p class="ends">
          <span>{low}</span>
          <span>{high}</span>
        </p>
      )}
    </>
  );
}
