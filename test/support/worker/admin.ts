/** The admin of a site, as its staff uses it. */
import { expect } from "vitest";
import { type Harness, harness } from "./harness.ts";
import { ADMIN, type StaffMember, staffOf } from "./staff.ts";

export interface Admin {
  h: Harness;
  staff: StaffMember;
  base: string;
  /** A page of this site, which must be there. */
  page(path?: string): Promise<string>;
  post(path: string, fields?: Record<string, string>): Promise<Response>;
}

export async function openAdmin(): Promise<Admin> {
  const h = await harness();
  const staff = await staffOf(h);
  const base = `/admin/${h.site.id}`;
  return {
    h,
    staff,
    base,
    page: async (path = "") => {
      const answer = await staff.get(`${base}${path}`);
      expect(answer.status, path).toBe(200);
      return answer.text();
    },
    post: (path, fields) => staff.post(`${base}${path}`, fields),
  };
}

export const locationOf = (answer: Response) => new URL(answer.headers.get("location") ?? "", ADMIN).pathname;

export const surveyForm = (id: string, fields: Record<string, string> = {}) => ({
  id,
  name: "Taste",
  placement: "home",
  firstVisit: "yes",
  delaySeconds: "0",
  "questions.0.id": "picks",
  "questions.0.kind": "items",
  "questions.0.titleKo": "골라 주세요",
  "questions.0.titleEn": "Pick some",
  "questions.0.count": "4",
  "questions.0.most": "2",
  ...fields,
});

export const segmentForm = (name: string, fields: Record<string, string> = {}) => ({
  name,
  "rule.mode": "form",
  "rule.join": "all",
  "rule.rows.0.kind": "did",
  "rule.rows.0.event": "product_purchased",
  "rule.rows.0.countOp": "gte",
  "rule.rows.0.count": "2",
  "rule.rows.0.within": "30",
  "rule.rows.0.unit": "days",
  "rule.rows.0.property": "",
  "rule.rows.0.op": "eq",
  "rule.rows.0.value": "",
  ...fields,
});
