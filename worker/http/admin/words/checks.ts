/** What a schema finds wrong with a field, for people; undefined where its own words are plain enough. */
import type * as z from "zod";

type Locale = "ko" | "en";

export function plainly(issue: z.core.$ZodRawIssue, locale: Locale): string | undefined {
  const say = (korean: string, english: string) => (locale === "ko" ? korean : english);
  switch (issue.code) {
    case "too_small": {
      const { origin, minimum } = issue;
      if (origin === "string" && minimum === 1) return say("비어 있습니다", "This is empty");
      if (origin === "string") return say(`${minimum}자 이상이어야 합니다`, `At least ${minimum} characters`);
      if (origin === "array" && minimum === 1) return say("하나 이상 있어야 합니다", "At least one");
      if (origin === "array") return say(`${minimum}개 이상이어야 합니다`, `At least ${minimum}`);
      if (origin !== "number" && origin !== "int") return undefined;
      return issue.inclusive === false
        ? say(`${minimum}보다 커야 합니다`, `More than ${minimum}`)
        : say(`${minimum} 이상이어야 합니다`, `At least ${minimum}`);
    }
    case "too_big": {
      const { origin, maximum } = issue;
      if (origin === "string") return say(`${maximum}자까지 됩니다`, `At most ${maximum} characters`);
      if (origin === "array") return say(`${maximum}개까지 됩니다`, `At most ${maximum}`);
      if (origin !== "number" && origin !== "int") return undefined;
      return issue.inclusive === false
        ? say(`${maximum}보다 작아야 합니다`, `Less than ${maximum}`)
        : say(`${maximum} 이하여야 합니다`, `At most ${maximum}`);
    }
    case "invalid_type":
      if (issue.input === undefined || issue.input === "") return say("비어 있습니다", "This is empty");
      if (issue.expected === "int") return say("정수를 넣어 주세요", "A whole number");
      return issue.expected === "number" ? say("숫자를 넣어 주세요", "A number") : undefined;
    default:
      return undefined;
  }
}
