/**
 * What the net is told of a candidate, in a marketer's words: several of its features are one thing to people, and what they
 * add to a score is added up.
 */
import { FEATURES } from "../../../recommend/engine/feature-list.ts";

export const featureWords = {
  "feature.together": ["함께 보는 상품", "Looked at together"],
  "feature.next": ["방금 본 상품 다음에 보는 상품", "What follows the latest item"],
  "feature.before": ["그 앞에 본 상품 다음에 보는 상품", "What follows the item before"],
  "feature.use": ["쓰임이 닮은 상품", "Alike in use"],
  "feature.seen": ["이미 본 상품, 다시 찾는 정도", "Looked at before, and how people return"],
  "feature.popular": ["인기", "Popularity"],
  "feature.trend": ["요즘 오르는 인기", "Rising lately"],
  "feature.age": ["나온 때와 마지막으로 찾은 때", "How new, and when last looked at"],
  "feature.visit": ["이번 방문의 길이와 모양", "Length and shape of this visit"],
  "feature.price": ["가격대", "Price level"],
  "feature.category": ["같은 카테고리", "Same category"],
  "feature.title": ["닮은 이름", "Alike in name"],
  "feature.content": ["닮은 설명", "Described alike"],
  "feature.moment": ["지금 하는 일 (담기, 구매, 검색, 시간)", "What they are doing now (cart, order, search, hour)"],
  "feature.wanted": ["담거나 산 상품과의 관계", "Related to what was wanted or bought"],
  "feature.taste": ["여러 번의 방문에서 드러난 취향", "Taste over many visits"],
  "feature.intention": ["지금의 구매 의도", "Intention to buy now"],
} as const;

export type Subject = keyof typeof featureWords;

/** Subjects by what their features' names are, or begin with. The first that fits counts. */
const SUBJECTS: readonly (readonly [Subject, RegExp])[] = [
  ["feature.intention", /^(likelier to buy|about to buy|comparing)/],
  ["feature.taste", /^(taste|rank of taste$|length of history$)/],
  ["feature.wanted", /(what was wanted or bought|^was (wanted|bought))$/],
  ["feature.moment", /^(last was (wanted|bought)|(wanted|bought|searches|minutes) so far|pace|hour's (co)?sine)$/],
  ["feature.content", /^(described like|among the most alike|new and alike)/],
  ["feature.title", /^title like/],
  ["feature.category", /(^same category|same category$)/],
  ["feature.price", /^price against/],
  ["feature.use", /^(cosine|rank) \d|^closest of session$/],
  ["feature.visit", /^(session length|distinct share|last item's|last is repeat|repeats lately|coherence)/],
  ["feature.seen", /^(in session|lag|times|return rate|is last|is first|gap)$/],
  ["feature.age", /^(age|unseen|days in catalog|is new|never looked at)$/],
  ["feature.trend", /^(trend|latest trend|place in trend)$/],
  ["feature.popular", /^((recent|latest) )?popularity$/],
  ["feature.before", /^second[A-Z]/],
  ["feature.next", /^last[A-Z]/],
  ["feature.together", /^((slow)?[A-Z][A-Za-z]*( against best)?|slow\w+( against best)?|rows|share of rows)$/],
];

/** Undefined for a feature that there are no words for. */
export function subjectOf(feature: string): Subject | undefined {
  return SUBJECTS.find(([, names]) => names.test(feature))?.[0];
}

/** What is added to a score by subject, the largest first; what adds next to nothing is left out. */
export function bySubject(contributions: Readonly<Record<string, number>>): { subject: Subject; value: number }[] {
  const sums = new Map<Subject, number>();
  for (const feature of FEATURES) {
    const subject = subjectOf(feature);
    if (subject) sums.set(subject, (sums.get(subject) ?? 0) + (contributions[feature] ?? 0));
  }
  return [...sums]
    .map(([subject, value]) => ({ subject, value }))
    .filter(({ value }) => Math.abs(value) >= 0.05)
    .sort((one, other) => Math.abs(other.value) - Math.abs(one.value));
}
