/** The calls about people: who they are, what they agreed to, and their end; as operations.ts. */
import { EVENT_LIMIT_BYTES } from "../../events/schema.ts";
import { ErasuresPage } from "../../privacy/schema.ts";
import { AttributeName, CONSENTS_LIMIT, DutiesPage, PersonId } from "../../profiles/schema.ts";
import type { Operation } from "./operations.ts";

const KB = 1024;
const USER = {
  tag: "People",
  caller: "server",
  idIs: PersonId.shape.id,
  query: PersonId.pick({ idType: true }),
} as const;
const USER_BROWSER = {
  tag: "People",
  caller: "server",
  path: "/v1/users/{id}/browsers/{anonymousId}",
  idIs: PersonId.shape.id,
} as const;
const ENDPOINT = {
  tag: "People",
  caller: "write",
  limitBytes: EVENT_LIMIT_BYTES,
  refusals: ["rate_limited"],
} satisfies Partial<Operation>;

// biome-ignore format: a table is read line by line
export const PEOPLE_OPERATIONS: Operation[] = [
  { ...USER, id: "getUser", method: "get", path: "/v1/users/{id}", summary: "Read a person",
    answers: { 200: "UserAnswer" }, refusals: ["bad_request", "not_found"] },
  { ...USER, id: "putUser", method: "put", path: "/v1/users/{id}", summary: "Say what is known of a person",
    description: "What is left out stays as it is. In the person's timeline this is an `identify`.",
    body: "UserInput", limitBytes: EVENT_LIMIT_BYTES, answers: { 200: "UserAnswer" } },
  { ...USER_BROWSER, id: "unlinkBrowser", method: "delete", summary: "A browser is not this user's",
    description: "What was done there is no longer the user's, and does not become it by another `identify`. Nothing is deleted.",
    answers: { 200: "Done" }, refusals: ["bad_request", "not_found"] },
  { ...USER_BROWSER, id: "relinkBrowser", method: "put", summary: "A browser is this user's after all",
    description: "Only for a pair that was linked before; 409 when the browser is another user's meanwhile.",
    answers: { 200: "Done" }, refusals: ["bad_request", "conflict", "not_found"] },
  { ...USER, id: "eraseUser", method: "delete", path: "/v1/users/{id}", summary: "Erase a person",
    description: "Everything that names the person or their browsers, in every table. The receipt names nobody.",
    answers: { 200: "ErasureReceipt" }, refusals: ["bad_request", "not_found"] },
  { ...USER, id: "exportUser", method: "get", path: "/v1/users/{id}/export", summary: "Export a person",
    description: "Everything that is stored about them, as one JSON file.",
    answers: { 200: "PersonExport" }, refusals: ["bad_request", "not_found"] },
  { id: "importConsents", method: "post", path: "/v1/consents/import", summary: "Store consents of long ago",
    description: `At most ${CONSENTS_LIMIT} a call, each with its time; between words that are there it takes its place by that time. What was sent before is stored once. No campaign starts. 400 only when none of them can be stored.`,
    tag: "People", caller: "server", body: "ConsentsImport", limitBytes: 1024 * KB, answers: { 200: "ConsentsImported" } },
  { id: "listConsentDuties", method: "get", path: "/v1/consent-duties", summary: "List what is owed about consent",
    description: "What the law asks to be told within 14 days (`notice`), and to be asked again every two years (`reconfirm`), with the words for it. Made every night.",
    tag: "People", caller: "server", query: DutiesPage, answers: { 200: "ConsentDuties" }, refusals: ["bad_request"] },
  { id: "closeConsentDuties", method: "post", path: "/v1/consent-duties/done", summary: "Say that it has been told",
    tag: "People", caller: "server", body: "DutiesDone", limitBytes: 256 * KB, answers: { 200: "DutiesClosed" } },
  { id: "listErasures", method: "get", path: "/v1/erasures", summary: "List erasures",
    description: "That people were erased and when, and not who: an id, and rows by table.",
    tag: "People", caller: "server", query: ErasuresPage, answers: { 200: "Erasures" }, refusals: ["bad_request"] },
  { id: "getErasure", method: "get", path: "/v1/erasures/{id}", summary: "Read and check a receipt",
    tag: "People", caller: "server", answers: { 200: "ErasureProof" }, refusals: ["not_found"] },
  { id: "listAttributes", method: "get", path: "/v1/attributes", summary: "List people's attributes",
    description: "Every trait that was sent or declared, with its type.",
    tag: "People", caller: "server", answers: { 200: "Attributes" } },
  { id: "declareAttribute", method: "put", path: "/v1/attributes/{id}", summary: "Declare an attribute",
    description: "`{id}` is its name. From now on a value of another type is left out of the profile, and named in the event's `refused_traits`; `PUT /v1/users/{id}` answers 400.",
    tag: "People", caller: "server", idIs: AttributeName, body: "AttributeInput", limitBytes: 4 * KB,
    answers: { 200: "AttributeAnswer" }, refusals: ["conflict"] },
  { id: "recordConsent", method: "post", path: "/v1/consents", summary: "Record a consent, or its end",
    description: "When it answers, the next message already obeys. With both ids it is the user's word.",
    tag: "People", caller: "write", body: "ConsentInput", limitBytes: EVENT_LIMIT_BYTES,
    answers: { 200: "ConsentRecorded" }, refusals: ["rate_limited"] },
  { ...ENDPOINT, id: "subscribeToPush", method: "post", path: "/v1/push-subscriptions",
    summary: "A browser can be reached by web push",
    description: "It belongs to the browser where `anonymousId` is given, else to the user. Being reachable is not being willing: advertising needs a consent.",
    body: "PushSubscriptionInput", answers: { 200: "EndpointStored" } },
  { ...ENDPOINT, id: "unsubscribeFromPush", method: "delete", path: "/v1/push-subscriptions",
    summary: "A browser can no longer be reached",
    body: "PushSubscriptionRemoval", answers: { 200: "EndpointRemoved" } },
  { ...ENDPOINT, id: "registerDevice", method: "post", path: "/v1/devices", summary: "An app can be reached by push",
    description: "It belongs to the user where `userId` is given. Say it again at every start of the app.",
    body: "DeviceInput", answers: { 200: "EndpointStored" } },
  { ...ENDPOINT, id: "forgetDevice", method: "delete", path: "/v1/devices", summary: "An app can no longer be reached",
    description: "At a sign-out, before the next person signs in.",
    body: "DeviceRemoval", answers: { 200: "EndpointRemoved" } },
];
