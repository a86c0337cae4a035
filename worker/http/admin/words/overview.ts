export const overviewWords = {
  "overview.title": ["개요", "Overview"],
  "overview.lead": [
    "최근 2주 동안 사람들이 한 일과 우리가 건넨 말입니다.",
    "What people did in the last two weeks, and what was said to them.",
  ],
  "overview.activity": ["방문과 반응", "Visits and responses"],
  "overview.days": ["날짜별", "By day"],
  "overview.day": ["날짜", "Day"],
  "overview.visitors": ["방문자", "Visitors"],
  "overview.events": ["이벤트", "Events"],
  "overview.recommendationClicks": ["추천 클릭", "Recommendation clicks"],
  "overview.messages": ["보낸 메시지", "Messages sent"],
  "overview.messageClicks": ["메시지 클릭", "Message clicks"],
  "overview.orders": ["주문", "Orders"],
  "overview.revenue": ["매출", "Revenue"],
  "overview.before": ["그 전 7일", "7 days before"],
} as const;
