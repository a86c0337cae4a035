/** Shops that report by webhook: connecting them, and what they delivered. */

import type { Issue } from "../../lib/errors.ts";
import { Refusal } from "../../lib/errors.ts";
import { connectShop, disconnectShop, reportShops, type ShopReport } from "../../shops/connections.ts";
import { ConnectionInput, SHOP_PROVIDERS, type ShopProvider } from "../../shops/schema.ts";
import { checkForm, issuesIn, text } from "./form.ts";
import { formatMoment, formatNumber } from "./format.ts";
import { Page, send } from "./frame.tsx";
import { translateOr } from "./language.ts";
import { Badge, CopyButton, Empty, Field, Form, Problems, Section, Table } from "./parts.tsx";
import { type AdminContext, goTo, type SiteView, siteView } from "./view.ts";

interface State {
  view: SiteView;
  report: ShopReport;
  /** What was sent with a form that could not be taken. */
  sent?: { provider: string; account: string };
  issues?: Issue[];
  /** A secret that was just made, in clear text. */
  fresh?: string;
}

async function read(view: SiteView): Promise<Pick<State, "view" | "report">> {
  return { view, report: await reportShops(view.deps, view.site.id) };
}

export async function showShops(c: AdminContext): Promise<Response> {
  return send(c, <ShopsPage {...(await read(siteView(c)))} />);
}

/** A secret of ours is told in this one answer and is in no address. */
export async function postShop(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const form = c.get("form");
  const sent = { provider: text(form, "provider"), account: text(form, "account") };
  const checked = checkForm(ConnectionInput, { ...sent, secret: text(form, "secret") }, view.locale);
  const issues = checked.ok ? await connect(view, checked.data) : checked.issues;
  if (Array.isArray(issues)) return send(c, <ShopsPage {...(await read(view))} sent={sent} issues={issues} />, 422);
  if (issues === undefined) return goTo(c, c.req.path, "connected");
  return send(c, <ShopsPage {...(await read(view))} fresh={issues} />);
}

/** A secret to be shown, nothing, or what is wrong. */
async function connect(view: SiteView, input: ConnectionInput): Promise<string | undefined | Issue[]> {
  try {
    return (await connectShop(view.deps, view.site.id, input)).madeSecret;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return issuesIn(view.locale, [{ path: "account", message: error.message }]);
  }
}

export async function postDisconnect(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const form = c.get("form");
  await disconnectShop(view.deps, view.site.id, text(form, "provider"), text(form, "account"));
  return goTo(c, `/admin/${view.site.id}/shops`, "disconnected");
}

function ShopsPage(state: State) {
  const { view, fresh } = state;
  const { t, site } = view;
  return (
    <Page
      view={view}
      room="settings"
      title={t("shops.title")}
      lead={t("shops.lead")}
      above={[t("settings.title"), `/admin/${site.id}/settings`]}
    >
      {fresh && (
        <Section title={t("shops.fresh")} hint={t("shops.freshHint")} class="fresh">
          <p class="secret">
            <code id="fresh-secret">{fresh}</code>
            <CopyButton view={view} of="fresh-secret" />
          </p>
        </Section>
      )}
      <Connections {...state} />
      <Forms {...state} />
      <Deliveries {...state} />
    </Page>
  );
}

function addressOf(view: SiteView, provider: string): string {
  const query = provider === "custom" ? `?site=${view.site.id}` : "";
  return `${view.deps.config.publicUrl}/webhooks/${provider}${query}`;
}

function Connections({ view, report }: State) {
  const { t, locale, site } = view;
  const head = [
    t("shops.provider"),
    t("shops.account"),
    t("shops.secret"),
    t("settings.keyCreated"),
    <span class="visually-hidden">{t("shops.remove")}</span>,
  ];
  return (
    <Section title={t("shops.connected")} class="flush">
      {report.connections.length === 0 ? (
        <Empty title={t("shops.none")}>{t("shops.noneLead")}</Empty>
      ) : (
        <Table label={t("shops.connected")} head={head}>
          {report.connections.map(({ provider, account, hint, createdAt }) => (
            <tr>
              <td>
                <Badge>{t(`shops.${provider}`)}</Badge>
              </td>
              <td>{account}</td>
              <td>
                <code>…{hint}</code>
              </td>
              <td class="when">{formatMoment(createdAt, locale, site.timeZone)}</td>
              <td class="number">
                <Form view={view} action={`/admin/${site.id}/shops/disconnect`}>
                  <input type="hidden" name="provider" value={provider} />
                  <input type="hidden" name="account" value={account} />
                  <button type="submit" class="small danger" data-confirm={t("shops.removeSure")}>
                    {t("shops.remove")}
                    <span class="visually-hidden"> {account}</span>
                  </button>
                </Form>
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Section>
  );
}

const FIELDS = {
  cafe24: { account: "shops.mallId", secret: "shops.apiKey", placeholder: "myshop" },
  shopify: { account: "shops.domain", secret: "shops.signingSecret", placeholder: "myshop.myshopify.com" },
} as const;

const HEADS = {
  cafe24: ["shops.connectCafe24", "shops.cafe24Hint"],
  shopify: ["shops.connectShopify", "shops.shopifyHint"],
  custom: ["shops.connectCustom", "shops.customHint"],
} as const;

function Forms({ view, sent, issues = [] }: State) {
  const { t } = view;
  return (
    <>
      {SHOP_PROVIDERS.map((provider) => {
        const fields = provider === "custom" ? undefined : FIELDS[provider];
        const own = sent?.provider === provider ? issues : [];
        const [title, hint] = HEADS[provider];
        return (
          <Section title={t(title)} hint={t(hint)}>
            <div class="stack">
              <Problems view={view} issues={own} />
              <div class="code-row">
                <section class="code" aria-label={`${t("shops.address")} · ${t(`shops.${provider}`)}`} tabindex={0}>
                  <code id={`address-${provider}`}>{addressOf(view, provider)}</code>
                </section>
                <CopyButton view={view} of={`address-${provider}`} />
              </div>
              <Form view={view} action={`/admin/${view.site.id}/shops`} class="stack readable">
                <input type="hidden" name="provider" value={provider} />
                {fields && (
                  <div class="row">
                    <Field name={`${provider}-account`} label={t(fields.account)}>
                      <input
                        id={`${provider}-account`}
                        name="account"
                        placeholder={fields.placeholder}
                        value={sent?.provider === provider ? sent.account : undefined}
                        autocomplete="off"
                        required
                      />
                    </Field>
                    <Field name={`${provider}-secret`} label={t(fields.secret)}>
                      <input
                        id={`${provider}-secret`}
                        name="secret"
                        type="password"
                        autocomplete="off"
                        minlength={16}
                        required
                      />
                    </Field>
                  </div>
                )}
                <div class="form-end">
                  <button type="submit">{t(fields ? "shops.connect" : "shops.makeSecret")}</button>
                </div>
              </Form>
            </div>
          </Section>
        );
      })}
    </>
  );
}

const TONES = { done: "good", ignored: "plain", refused: "bad" } as const;

function Deliveries({ view, report }: State) {
  const { t, locale, site } = view;
  const name = (provider: ShopProvider, topic: string) => (
    <>
      {t(`shops.${provider}`)} {topic}
      {provider === "cafe24" && <span class="sub">{translateOr(t, `shops.cafe24.${topic}`, "")}</span>}
    </>
  );
  const outcome = (each: keyof typeof TONES) => <Badge tone={TONES[each]}>{t(`shops.${each}`)}</Badge>;
  if (report.recent.length === 0) {
    return (
      <Section title={t("shops.recent")} class="flush">
        <Empty title={t("shops.noDeliveries")} />
      </Section>
    );
  }
  return (
    <>
      <Section title={t("shops.counts")} class="flush">
        <Table
          label={t("shops.counts")}
          head={[t("shops.topic"), t("shops.outcome"), t("shops.count"), t("shops.last")]}
          numbers={[2]}
        >
          {report.counts.map((each) => (
            <tr>
              <td>{name(each.provider, each.topic)}</td>
              <td>{outcome(each.outcome)}</td>
              <td class="number">{formatNumber(each.count, locale)}</td>
              <td class="when">{formatMoment(each.lastAt, locale, site.timeZone)}</td>
            </tr>
          ))}
        </Table>
      </Section>
      <Section title={t("shops.recent")} class="flush">
        <Table
          label={t("shops.recent")}
          head={[t("shops.topic"), t("shops.outcome"), t("shops.detail"), t("shops.when")]}
        >
          {report.recent.map((each) => (
            <tr>
              <td>{name(each.provider, each.topic)}</td>
              <td>{outcome(each.outcome)}</td>
              <td class="muted">{each.detail ?? "–"}</td>
              <td class="when">{formatMoment(each.at, locale, site.timeZone)}</td>
            </tr>
          ))}
        </Table>
      </Section>
    </>
  );
}
