export const outboxWords = {
  "outbox.lead": [
    "각자에게 간 메시지 그대로, 또는 보내지 않은 이유입니다.",
    "Messages as each person got them, or why they did not.",
  ],
  "outbox.state": ["상태", "State"],
  "outbox.sent": ["보냄", "Sent"],
  "outbox.skipped": ["보내지 않음", "Not sent"],
  "outbox.failed": ["실패", "Failed"],
  "outbox.accepted": ["보내는 중", "On its way"],
  "outbox.empty": ["여기에 메시지가 없습니다", "No messages here"],
  "outbox.emptyLead": [
    "캠페인이 실행 중이면 조건에 맞는 사람에게 정해진 시간 뒤에 나갑니다.",
    "While a campaign runs, whoever it is meant for gets theirs when the time has come.",
  ],
  "outbox.open": ["받은 사람처럼 열기", "Open as they would"],
  "outbox.person": ["받는 사람", "Person"],
  "outbox.opened": ["열람함", "Opened"],
  "outbox.clicked": ["클릭함", "Clicked"],
  "outbox.converted": ["구매함", "Bought"],
  "outbox.older": ["이전 메시지", "Older"],
} as const;
