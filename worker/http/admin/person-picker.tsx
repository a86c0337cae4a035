/** Choosing a person, to look at or for a preview: their id as the shop knows it, or one of those who were here lately. */
import { DAY, utcDay } from "../../lib/time.ts";
import { listRecentProfiles, type Profile } from "../../profiles/store.ts";
import { findPeople, nameOf } from "./find-person.ts";
import { Form } from "./parts.tsx";
import type { SiteView } from "./view.ts";

const OFFERED = 20;

/** Signed-in people first: they have the longer histories. */
export async function peopleToOffer({ deps, site, now }: SiteView): Promise<Profile[]> {
  const since = utcDay(now - DAY);
  const parts = await Promise.all(deps.shards.all().map(({ db }) => listRecentProfiles(db, site.id, since, OFFERED)));
  const isMember = (profile: Profile) => Number(profile.userId !== null);
  return parts
    .flat()
    .sort((a, b) => isMember(b) - isMember(a) || b.lastSeenAt - a.lastSeenAt)
    .slice(0, OFFERED);
}

/** The person that a preview is for: the one who was typed, else the first of those on offer. */
export async function personFor(
  view: SiteView,
  typed: string,
  offered: Profile[],
): Promise<{ person: Profile | undefined; isUnknown: boolean }> {
  if (typed === "") return { person: offered[0], isUnknown: false };
  const [person] = await findPeople(view, typed);
  return { person, isUnknown: person === undefined };
}

/** A search that is sent as a POST: no e-mail address in an address. */
export function PersonSearch(props: { view: SiteView; action?: string; value: string | undefined; label: string }) {
  const { view, action = view.path, value, label } = props;
  return (
    <Form view={view} action={action} class="search">
      <input
        type="search"
        name="query"
        value={value}
        placeholder={label}
        aria-label={label}
        autocomplete="off"
        required
      />
      <button type="submit">{view.t("form.search")}</button>
    </Form>
  );
}

export function PersonPicker(props: {
  view: SiteView;
  name: string;
  value: string;
  people: Profile[];
  /** Id of the form that it belongs to, where that is not around it. */
  form?: string;
}) {
  const { view, name, value, people, form } = props;
  return (
    <>
      <input
        id={name}
        type="search"
        name={name}
        value={value}
        form={form}
        list={`${name}-people`}
        placeholder={view.t("people.query")}
        aria-label={view.t("people.person")}
        autocomplete="off"
      />
      <datalist id={`${name}-people`}>
        {people.map((person) => (
          <option value={nameOf(person)} />
        ))}
      </datalist>
    </>
  );
}
