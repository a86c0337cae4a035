/**
 * The product's own messages in Korean. Rooms say what is wrong in English, because programs read it too; whatever is not
 * here stays English. Longest prefixes first: "line 1, column 3: …" is taken apart before the rest is looked up. `$1{은/는}` is
 * what was found with the form of the particle that follows it.
 */
import { type Particle, particleAfter } from "../../../lib/josa.ts";

const MESSAGES: [RegExp, string][] = [
  [/^line (\d+), column (\d+): (.*)$/s, "$1행 $2열: {$3}"],
  [/^unknown variable (.+)$/, "알 수 없는 변수 $1"],
  [
    /^unknown field (\S+): (?:a product|the item|the profile|the site) has (.+)$/,
    "$1{은/는} 없는 값입니다. 쓸 수 있는 값: $2",
  ],
  [/^an item has no field "(.+)": did you mean "(.+)"\?$/, "상품에 $1 항목은 없습니다. $2{을/를} 뜻하셨나요?"],
  [
    /^nothing is known of "(.+)" at the moment of a request: (?:did you mean )?(.+?)\??$/,
    "추천하는 순간에 $1{은/는} 알 수 없습니다. 쓸 수 있는 이름: $2",
  ],
  [
    /^a recommendation does not look at "(.+)", only at (.+)$/,
    "추천은 $1 이벤트를 보지 않습니다. 쓸 수 있는 이벤트: $2",
  ],
  [/^(\w+) is one of (.+)$/, "$1 에 쓸 수 있는 값: $2"],
  [/^there is no segment "(.+)"$/, "세그먼트 $1{이/가} 없습니다"],
  [/^segment is compared with ids of segments$/, "세그먼트는 ID와 견줍니다"],
  [/^needs a condition$/, "조건을 하나 넣어 주세요"],
  [/^"(\w+)" takes no value of the current item$/, "지금 보는 상품의 값과는 이렇게 견줄 수 없습니다"],
  [/^(\S+) is a list: write (\S+)$/, "$1{은/는} 목록입니다. $2 처럼 쓰세요"],
  [/^(\S+) has at most (\d+) entries, the first is 0$/, "$1{은/는} 0부터 $2개까지입니다"],
  [/^loops may be nested (\d+) deep$/, "반복은 $1겹까지 됩니다"],
  [/^tag (.+) not closed$/, "닫히지 않은 태그 $1"],
  [/^output (.+) not closed$/, "닫히지 않은 출력 $1"],
  [/^undefined filter: (.+)$/, "알 수 없는 필터 $1"],
  [/^the message needs words in one language$/, "한 언어로는 문구를 써 주세요"],
  [/^needs words in one language$/, "한 언어로는 써 주세요"],
  [/^a campaign without a sender: .*$/, "발신자가 없습니다. 설정에서 이름과 연락처를 넣어 주세요"],
  [/^there is no placement "(.+)"$/, "추천 영역 $1{이/가} 없습니다"],
  [/^a recommended product needs a placement to come from$/, "추천 상품을 가져올 영역을 골라 주세요"],
  [/^the label \(광고\) is added by the channel: leave it out$/, "(광고) 표시는 저절로 붙습니다. 빼 주세요"],
  [/^nobody has seen a new item yet: .*$/, "새 상품을 본 사람은 아직 없습니다. 분류나 브랜드를 고르세요"],
  [/^this shop reports to another site already$/, "이미 다른 사이트에 연결된 쇼핑몰입니다"],
  [/^the mall id, as in .*$/, "카페24 몰 아이디를 넣어 주세요"],
  [/^the shop's domain, as in .*$/, "이름.myshopify.com 형식으로 넣어 주세요"],
  [/^at least 16 characters$/, "16자 이상이어야 합니다"],
  [/^a running campaign cannot be deleted: pause it first$/, "실행 중인 캠페인은 먼저 멈춰야 삭제할 수 있습니다"],
  [/^two variants have this name$/, "이름이 같은 안이 있습니다"],
  [/^this name belongs to the group that is left out$/, "비교군이 쓰는 이름입니다"],
  [/^there is nothing to compare: .*$/, "비교할 것이 없습니다. 안이나 비교군을 더하세요"],
  [/^automatic mode learns from clicks or purchases$/, "자동은 클릭이나 구매로 배웁니다"],
  [/^automatic mode learns from what happens within .*$/, "자동은 5분에서 하루 안에 일어난 일로 배웁니다"],
  [/^the floors add up to more than everybody$/, "최소 비율의 합이 모두를 넘습니다"],
  [/^at most (\d+) in a variant$/, "안에서는 $1까지 됩니다"],
  [/^the experiment is running: its traffic may grow.*$/, "진행 중에는 참여하는 사람을 늘릴 수만 있습니다"],
  [/^lower-case letters, digits, - and _, at most 32$/, "영문 소문자, 숫자, -, _ 로 32자까지"],
  [/^a rule has at most (\d+) levels$/, "조건은 $1단계까지 묶을 수 있습니다"],
  [/^a rule has at most (\d+) conditions$/, "조건은 $1개까지 됩니다"],
  [/^a rule is one of .*$/, "all, any, not, event, trait 가운데 하나여야 합니다"],
  [/^a path has at most (\d+) steps$/, "이름은 점으로 $1단계까지 됩니다"],
  [/^"(\w+)" needs a number$/, "숫자를 넣어 주세요"],
  [/^"(\w+)" needs one value$/, "값을 하나 넣어 주세요"],
  [/^"(\w+)" needs a text$/, "글자를 넣어 주세요"],
  [/^"in" needs a list of values$/, "값을 쉼표로 나누어 넣어 주세요"],
  [/^"exists" takes .*$/, "값을 비우거나 true, false 를 넣어 주세요"],
  [/^lower-case letters, digits, - and _, at most 63$/, "영문 소문자, 숫자, -, _ 로 63자까지"],
  [/^letters, digits, - and _, at most (\d+).*$/, "영문, 숫자, -, _ 로 $1자까지"],
  [/^letters, digits and _, at most (\d+)$/, "영문, 숫자, _ 로 $1자까지"],
  [/^values must differ$/, "값이 서로 달라야 합니다"],
  [/^the questions' ids must differ$/, "질문 ID가 서로 달라야 합니다"],
  [/^an origin such as https:\/\/shop\.example, without a path$/, "https://shop.example 처럼 경로 없이 넣어 주세요"],
  [/^an IANA time zone such as Asia\/Seoul$/, "Asia/Seoul 같은 시간대 이름을 넣어 주세요"],
  [/^an ISO 4217 code such as KRW$/, "KRW 같은 통화 코드를 넣어 주세요"],
  [/^the event is larger than (.+)$/, "이벤트가 $1 보다 큽니다"],
  [/^the event has more than (\d+) levels$/, "이벤트가 $1단계보다 깊습니다"],
  [/^the event has more than (\d+) fields$/, "이벤트의 필드가 $1개보다 많습니다"],
  [/^an event needs a userId or an anonymousId$/, "userId 나 anonymousId 가 있어야 합니다"],
  [/^a track call needs the event's name$/, "track 에는 이벤트 이름이 있어야 합니다"],
  [/^text without NUL and without half a surrogate pair$/, "NUL 이나 반쪽 서로게이트가 없는 글자여야 합니다"],
  [/^a time with its zone .*$/, "시간대가 있는 시각(2026-03-10T12:00:00Z) 이나 1970년 이후의 밀리초여야 합니다"],
  [/^this site asks for proof of a user: .*$/, "userId 를 서명한 userHash 가 있어야 합니다"],
  [/^at least one weight above 0$/, "0보다 큰 가중치가 하나는 있어야 합니다"],
  [/^another pin stands at place (\d+)$/, "$1번째 자리에는 다른 고정 상품이 있습니다"],
  [/^"(.+)" is pinned already$/, "$1{은/는} 이미 고정되어 있습니다"],
  [/^first model$/, "첫 모델"],
  [/^not worse than the serving model on new sessions$/, "새 방문에서 지금 모델보다 나쁘지 않음"],
  [/^worse than the serving model on new sessions$/, "새 방문에서 지금 모델보다 나쁨"],
  [/^better than the serving model on new sessions$/, "새 방문에서 지금 모델보다 나음"],
  [/^few new sessions, and not worse beyond noise on them$/, "새 방문은 적지만, 우연을 넘어 나쁘지는 않음"],
  [/^no new sessions to compare by$/, "비교할 새 방문이 없음"],
  [/^the serving model could not be asked$/, "지금 모델을 읽지 못해 비교하지 못함"],
  [/^too few new sessions to compare$/, "비교할 새 방문이 적음"],
  [/^far fewer sessions than the serving model was judged by$/, "지금 모델을 평가할 때보다 방문이 훨씬 적음"],
  [/^there is no such .*$/, "주소에 있는 것을 찾지 못했습니다"],
  [/^this form is older than your session: .*$/, "로그인이 바뀌었습니다. 페이지를 새로 열고 다시 보내 주세요"],
  [/^sign in again: your session has ended$/, "로그인이 끝났습니다. 다시 로그인해 주세요"],
];

export function messageInKorean(message: string): string {
  for (const [pattern, korean] of MESSAGES) {
    const found = pattern.exec(message);
    if (!found) continue;
    const filled = korean.replace(/\$(\d)(?:\{([가-힣]+\/[가-힣]+)\})?/g, (_, place, particle?: Particle) => {
      const value = found[Number(place)] ?? "";
      return particle ? value + particleAfter(value, particle) : value;
    });
    return filled.replace(/\{(.*)\}$/s, (_, rest: string) => messageInKorean(rest));
  }
  return message;
}
