/** Signing in without a password (it is a demo), and what the visitor agrees to be told. */
import * as z from "zod";
import { sha256 } from "../../lib/hash.ts";
import type { HttpContext } from "../context.ts";
import { Happened, Page, say, send } from "./parts.tsx";
import { openShop, type Shop, writeCookie } from "./shop.ts";

/** Each channel is agreed to on its own, and night is one more yes (Network Act art. 50). The script tells the tag. */
export function Consent({ shop }: { shop: Shop }) {
  return (
    <fieldset class="consent">
      <legend>{say(shop, "장바구니·관심 상품 소식 받기", "Messages about my cart and favorites")}</legend>
      <label>
        <input type="checkbox" data-consent="web_push" />
        <span>{say(shop, "알림으로 받을게요 (광고성 정보)", "By notification (advertising)")}</span>
      </label>
      <label>
        <input type="checkbox" data-consent="email" disabled={shop.member === undefined} />
        <span>
          {say(shop, "이메일로 받을게요 (광고성 정보)", "By e-mail (advertising)")}
          {shop.member === undefined && <small>{say(shop, "로그인하면 켤 수 있어요", "after you sign in")}</small>}
        </span>
      </label>
      <label>
        <input type="checkbox" data-consent-night />
        <span>{say(shop, "밤 9시 – 아침 8시에도 괜찮아요", "Also between 9 pm and 8 am")}</span>
      </label>
    </fieldset>
  );
}

export async function showAccount(c: HttpContext): Promise<Response> {
  const shop = await openShop(c);
  const { member } = shop;
  return send(
    c,
    <Page shop={shop} title={say(shop, "내 정보", "Account")}>
      {member ? (
        <section class="account">
          {c.req.query("joined") !== undefined && (
            <Happened event="registration_completed" properties={{ method: "email" }} once={`joined-${member.id}`} />
          )}
          <h1>{say(shop, `${member.name}님, 반가워요`, `Welcome, ${member.name}`)}</h1>
          <p>{member.email}</p>
          <Consent shop={shop} />
          <form method="post" action="/demo/sign-out" data-resets>
            <button type="submit" class="button quiet">
              {say(shop, "로그아웃", "Sign out")}
            </button>
          </form>
        </section>
      ) : (
        <section class="account">
          <h1>{say(shop, "로그인 또는 가입", "Sign in or join")}</h1>
          <p>
            {say(
              shop,
              "데모라서 비밀번호가 없어요. 이름과 이메일이면 됩니다.",
              "A demo: no password, just a name and an e-mail address.",
            )}
          </p>
          <form method="post" action="/demo/sign-in">
            <label>
              {say(shop, "이름", "Name")}
              <input name="name" required maxlength={60} autocomplete="name" />
            </label>
            <label>
              {say(shop, "이메일", "E-mail")}
              <input name="email" type="email" required maxlength={120} autocomplete="email" />
            </label>
            <button type="submit" class="button wide">
              {say(shop, "계속하기", "Continue")}
            </button>
          </form>
        </section>
      )}
      <nunchi-recommendations placement="home" count="12" />
    </Page>,
  );
}

const SignIn = z.object({ name: z.string().trim().min(1).max(60), email: z.email().max(120).toLowerCase() });

/** The same address is the same member. */
export async function postSignIn(c: HttpContext): Promise<Response> {
  const form = SignIn.safeParse(await c.req.parseBody());
  if (!form.success) return c.redirect("/demo/account", 303);
  const { name, email } = form.data;
  writeCookie(c, "member", { id: `member-${sha256(email, 12)}`, name, email });
  return c.redirect("/demo/account?joined", 303);
}

export function postSignOut(c: HttpContext): Response {
  writeCookie(c, "member", undefined);
  return c.redirect("/demo/", 303);
}

/** A new visitor has no cookies; the page's script clears what the tag keeps. */
export function postNewcomer(c: HttpContext): Response {
  for (const name of ["cart", "wishes", "member", "order"] as const) writeCookie(c, name, undefined);
  return c.redirect("/demo/", 303);
}
