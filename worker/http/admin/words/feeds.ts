import type { Locale } from "../language.ts";

export const feedWords = {
  "feeds.title": ["상품 피드", "Feeds"],
  "feeds.lead": [
    "쇼핑몰이 이미 만드는 상품 파일을 그대로 가져옵니다.",
    "The product files that your shop makes already, as they are.",
  ],
  "feeds.open": ["피드 관리", "Feeds"],
  "feeds.new": ["피드 추가", "Add a feed"],
  "feeds.newLead": [
    "형식과 인코딩은 파일을 보고 알아냅니다. 저장한 뒤 미리보기로 확인하세요.",
    "Format and encoding are found out from the file. Save, then look at the preview.",
  ],
  "feeds.none": ["피드가 없습니다", "No feeds"],
  "feeds.noneLead": [
    "네이버 쇼핑 EP, 구글 머천트, CSV, JSON Lines 파일의 주소를 넣으면 됩니다.",
    "The address of a Google Merchant, Naver Shopping EP, CSV or JSON Lines file is all it takes.",
  ],
  "feeds.name": ["이름", "Name"],
  "feeds.where": ["어디에서", "Where from"],
  "feeds.url": ["파일 주소", "Address of the file"],
  "feeds.urlHint": ["비워 두면 API로 보내는 파일을 받습니다.", "Empty: the file is sent through the API."],
  "feeds.schedule": ["가져오는 주기", "How often"],
  "feeds.schedule.never": ["요청할 때만", "Only when asked"],
  "feeds.schedule.hour": ["매시간", "Every hour"],
  "feeds.schedule.day": ["매일", "Every day"],
  "feeds.hour": ["시각 (0–23시)", "Hour of the day (0–23)"],
  "feeds.hourHint": ["매일 가져올 때만 쓰입니다. 사이트의 시간대입니다.", "For every day; in the site's time zone."],
  "feeds.how": ["어떻게 읽나", "How to read it"],
  "feeds.format": ["형식", "Format"],
  "feeds.format.auto": ["자동으로 알아내기", "Find out"],
  "feeds.format.merchant_xml": ["구글 머천트 XML", "Google Merchant XML"],
  "feeds.format.merchant_tsv": ["구글 머천트 TSV", "Google Merchant TSV"],
  "feeds.format.naver_ep": ["네이버 쇼핑 EP 3.0", "Naver Shopping EP 3.0"],
  "feeds.format.csv": ["CSV", "CSV"],
  "feeds.format.jsonl": ["JSON Lines", "JSON Lines"],
  "feeds.contents": ["파일에 있는 것", "What is in it"],
  "feeds.contents.full": ["모든 상품", "Every product"],
  "feeds.contents.changes": ["바뀐 상품만", "Only what changed"],
  "feeds.safetyStopPercent": ["안전 정지 (%)", "Safety stop (%)"],
  "feeds.safetyHint": [
    "이보다 많이 사라지면 아무것도 삭제하지 않습니다.",
    "When more would vanish, nothing is removed.",
  ],
  "feeds.lowStockThreshold": ["재고 임박 기준", "Few are"],
  "feeds.lowStockHint": [
    "파일에 수량만 있을 때. 비우면 5개입니다.",
    "Where the file says only quantities; 5 if empty.",
  ],
  "feeds.categorySeparator": ["카테고리 구분자", "Between categories"],
  "feeds.mapping": ["열 연결", "Columns"],
  "feeds.mappingHint": [
    "비워 두면 흐리게 보이는 열을 씁니다. 열 이름, 열을 중괄호로 넣은 문장(https://shop.kr/p/{id}), 또는 | 로 나눈 여러 열을 쓸 수 있습니다.",
    "Empty: the column shown in grey. A column's name, a text with columns in braces (https://shop.example/p/{id}), or several with | between them.",
  ],
  "feeds.attributes": ["그 밖의 속성", "Other attributes"],
  "feeds.attributesHint": ["한 줄에 하나씩: 속성 = 열", "One a line: attribute = column"],
  "feeds.field.id": ["상품 ID", "Item id"],
  "feeds.field.title": ["상품명", "Title"],
  "feeds.field.titleKo": ["상품명 (한국어)", "Title (Korean)"],
  "feeds.field.titleEn": ["상품명 (영어)", "Title (English)"],
  "feeds.field.description": ["설명", "Description"],
  "feeds.field.url": ["상품 주소", "Address"],
  "feeds.field.imageUrl": ["이미지", "Picture"],
  "feeds.field.price": ["가격", "Price"],
  "feeds.field.listPrice": ["정가", "List price"],
  "feeds.field.salePrice": ["할인가", "Sale price"],
  "feeds.field.saleDates": ["할인 기간 (시작/끝)", "Sale dates (start/end)"],
  "feeds.field.saleStartsAt": ["할인 시작", "Sale starts"],
  "feeds.field.saleEndsAt": ["할인 끝", "Sale ends"],
  "feeds.field.currency": ["통화", "Currency"],
  "feeds.field.brand": ["브랜드", "Brand"],
  "feeds.field.category": ["카테고리", "Category"],
  "feeds.field.tags": ["태그", "Tags"],
  "feeds.field.groupId": ["옵션 묶음 ID", "Variant group"],
  "feeds.field.availability": ["판매 상태", "Availability"],
  "feeds.field.quantity": ["재고 수량", "Quantity"],
  "feeds.field.lowStockThreshold": ["재고 임박 기준", "Few are"],
  "feeds.preview": ["미리보기", "Preview"],
  "feeds.previewHint": [
    "저장된 설정으로 읽은 첫 행들입니다. {format}, 열 {columns}개.",
    "The first rows, read as saved. {format}, {columns} columns.",
  ],
  "feeds.noPreview": ["아직 본 파일이 없습니다", "No file was looked at yet"],
  "feeds.noPreviewLead": ["파일을 가져오면 첫 행들이 여기에 보입니다.", "Once there is one, its first rows are here."],
  "feeds.unreadable": ["파일을 읽을 수 없습니다", "The file cannot be read"],
  "feeds.wrong": ["문제", "Wrong"],
  "feeds.pull": ["지금 가져오기", "Import now"],
  "feeds.sample": ["미리보기 새로 고침", "Refresh the preview"],
  "feeds.deleteSure": ["피드를 삭제할까요? 상품은 남습니다.", "Delete the feed? Its items stay."],
  "feeds.push": ["파일 보내기", "Send the file"],
  "feeds.pushHint": ["gzip으로 압축해도 됩니다.", "It may be gzipped."],
  "feeds.sent": ["API로 보냄", "Sent through the API"],
  "feeds.onDemand": ["요청할 때만 가져옵니다.", "Imported only when somebody asks."],
  "feeds.next": ["다음 가져오기: {when}", "Next: {when}"],
  "feeds.last": ["마지막 가져오기", "Last import"],
  "feeds.imports": ["가져온 기록", "Imports"],
  "feeds.import": ["가져오기", "Import"],
  "feeds.noImports": ["가져온 적이 없습니다", "Nothing was imported yet"],
  "feeds.noImportsLead": ["‘지금 가져오기’를 누르거나 파일을 보내세요.", "Import now, or send the file."],
  "feeds.when": ["언제", "When"],
  "feeds.result": ["결과", "Result"],
  "feeds.state.running": ["진행 중", "At work"],
  "feeds.state.done": ["완료", "Done"],
  "feeds.state.unchanged": ["변경 없음", "The same"],
  "feeds.state.held": ["확인 필요", "Waits for you"],
  "feeds.state.failed": ["실패", "Failed"],
  "feeds.held": [
    "상품 {owned}개 가운데 {missing}개가 파일에 없어서 아무것도 삭제하지 않았습니다. 맞는 파일이라면 그대로 적용하세요.",
    "{missing} of {owned} items are not in the file, so nothing was removed. If the file is right, apply it anyway.",
  ],
  "feeds.apply": ["그대로 적용", "Apply anyway"],
  "feeds.applySure": ["상품 {missing}개를 삭제할까요?", "Remove {missing} items?"],
  "feeds.health": ["피드 상태", "Health"],
  "feeds.healthHint": ["마지막으로 읽은 파일에서 고치면 좋은 것들입니다.", "What could be better in the last file."],
  "feeds.healthOverTime": ["문제가 있는 상품 수의 변화", "Products with something wrong, over time"],
  "feeds.ofRecords": ["/ {count}행", "of {count} rows"],
  "feeds.ofChecked": ["/ 확인한 {count}쪽", "of {count} pages that were looked at"],
  "feeds.count.records": ["행", "Rows"],
  "feeds.count.added": ["새 상품", "New"],
  "feeds.count.changed": ["바뀐 상품", "Changed"],
  "feeds.count.unchanged": ["그대로", "The same"],
  "feeds.count.removed": ["삭제", "Removed"],
  "feeds.count.refused": ["거절", "Refused"],
  "feeds.count.duplicates": ["같은 ID", "Same id twice"],
  "feeds.count.missingImage": ["이미지 없음", "No picture"],
  "feeds.count.zeroPrice": ["가격 0", "Price of zero"],
  "feeds.count.brokenText": ["깨진 글자", "Broken characters"],
  "feeds.count.deadLinks": ["없는 페이지", "Dead links"],
  "feeds.change.price_dropped": ["가격 인하", "Price drops"],
  "feeds.change.back_in_stock": ["재입고", "Back in stock"],
  "feeds.change.low_stock": ["재고 임박", "Few left"],
  "feeds.change.item_added": ["신상품 알림 대상", "New to tell about"],
  "feeds.facts": ["결과", "What came of it"],
  "feeds.source": ["방법", "How"],
  "feeds.source.pulled": ["주소에서 가져옴", "From its address"],
  "feeds.source.pushed": ["API로 받음", "Sent to us"],
  "feeds.started": ["시작", "Started"],
  "feeds.ended": ["끝", "Ended"],
  "feeds.reason": ["이유", "Reason"],
  "feeds.row": ["행", "Row"],
  "feeds.deadLinks": ["페이지가 없는 상품", "Products without a page"],
  "feeds.deadLinksHint": ["무작위로 고른 상품의 페이지만 확인합니다.", "Only a sample is looked at."],
  "feeds.refusedRows": ["거절되었거나 고쳐진 행", "Rows that were refused or repaired"],
  "feeds.refusedHint": ["처음 100행입니다. 나머지 상품은 저장되었습니다.", "The first hundred. All others are stored."],
  "feeds.noneRefused": ["거절된 행이 없습니다", "None"],
  "notice.feed-pulled": ["가져오기를 시작했습니다.", "The import has begun."],
  "notice.feed-sampled": ["파일의 첫 부분을 읽었습니다.", "The beginning of the file is here."],
  "notice.feed-applied": ["삭제를 시작했습니다.", "The items are being removed."],
} as const;

/** The importer's reasons; `$1` is a number or a name in them. */
const REASONS: [RegExp, string][] = [
  [
    /^(\d+) of (\d+) items are not in the file \((\d+) %\); more than (\d+) % are not removed without being asked$/,
    "상품 $2개 가운데 $1개($3%)가 파일에 없습니다. $4%가 넘으면 묻지 않고 삭제하지 않습니다",
  ],
  [/^the server answered (\d+)$/, "서버가 $1로 응답했습니다"],
  [/^the server could not be reached$/, "서버에 연결할 수 없습니다"],
  [/^the server leads from address to address$/, "서버가 계속 다른 주소로 보냅니다"],
  [
    /^(?:the server leads elsewhere: |the address cannot be asked: )?it is not on the public internet$/,
    "공개된 인터넷 주소가 아닙니다",
  ],
  [/^(?:the server leads elsewhere: )?only http and https are asked$/, "http와 https 주소만 가져올 수 있습니다"],
  [/^an address with a password in it is not asked$/, "비밀번호가 들어 있는 주소는 쓸 수 없습니다"],
  [/^what is to be pulled needs an address$/, "주기적으로 가져오려면 주소가 필요합니다"],
  [/^an import of this feed is at work: wait for its end$/, "이 피드를 이미 가져오는 중입니다"],
  [/^only the newest import can be applied$/, "가장 최근 가져오기만 적용할 수 있습니다"],
  [/^this import (?:holds nothing back|is applied already)$/, "적용할 것이 없습니다"],
  [/^the file is the same as last time$/, "파일이 지난번과 같습니다"],
  [/^the address answers a web page \(HTML\), not a feed$/, "피드가 아니라 웹페이지(HTML)입니다"],
  [/^the file is empty$/, "파일이 비어 있습니다"],
  [
    /^the file is larger than (\d+) MB unpacked: split it into several feeds$/,
    "파일이 압축을 풀면 $1MB보다 큽니다. 여러 피드로 나누세요",
  ],
  [/^the file does not begin like (\w+)$/, "파일이 $1 형식이 아닙니다"],
  [
    /^the file is a JSON array; JSON Lines has one object a line$/,
    "JSON 배열입니다. JSON Lines는 한 줄에 하나씩입니다",
  ],
  [/^the XML has no <item> and no <entry>$/, "XML에 <item>이나 <entry>가 없습니다"],
  [/^the first line names no columns$/, "첫 줄에 열 이름이 없습니다"],
  [/^two columns are named "(.*)"$/, "‘$1’ 열이 두 개입니다"],
  [/^the file broke off before its end(: nothing was removed)?$/, "파일이 중간에 끊겨서 아무것도 삭제하지 않았습니다"],
  [
    /^the file ends in the middle: its last element is not closed(: nothing was removed)?$/,
    "파일이 중간에 끝나서 아무것도 삭제하지 않았습니다",
  ],
  [/^no (?:product|line) ends within 1 MB after (?:product|line) (\d+)$/, "$1번 상품 다음에서 파일을 나눌 수 없습니다"],
  [/^the upload broke off$/, "보내던 파일이 끊겼습니다"],
  [/^given up after a day$/, "하루가 지나도 끝나지 않아 멈췄습니다"],
  [/^id: a row before has the same one$/, "같은 상품 ID가 앞에 있습니다"],
  [/^stored; characters that are broken in the file were left out$/, "깨진 글자를 빼고 저장했습니다"],
  [/^a quote stands inside a field or never closes$/, "따옴표가 닫히지 않았습니다"],
  [/^(\d+) fields instead of (\d+)$/, "열이 $2개여야 하는데 $1개입니다"],
  [/^not valid JSON$/, "올바른 JSON이 아닙니다"],
  [/^not a JSON object$/, "JSON 객체가 아닙니다"],
  [/^broken XML: (.*)$/, "XML 오류: $1"],
];

/** What the catalog's own check says of a field. */
const FIELD_REASONS: [RegExp, string][] = [
  [/^Too small: expected number to be >=0$/, "0보다 작을 수 없습니다"],
  [/^Too small: expected string to have >=1 characters$/, "비어 있습니다"],
  [/^Invalid input: expected \w+, received undefined$/, "값이 없습니다"],
  [/^Invalid input: expected number, received string$/, "숫자가 아닙니다"],
  [/^Invalid input$/, "값이 없거나 알 수 없습니다"],
  [/^an absolute http or https address$/, "http 또는 https 주소가 아닙니다"],
  [/^an ISO 4217 code such as KRW$/, "KRW 같은 통화 코드가 아닙니다"],
  [/^Too big: expected string to have <=(\d+) characters$/, "$1자보다 깁니다"],
  [/^Too big: expected number to be <=(\d+)$/, "$1보다 큽니다"],
  [/^Invalid option: .*$/, "알 수 없는 값입니다"],
  [/^text without NUL bytes and broken characters$/, "깨진 글자가 있습니다"],
];

function find(reasons: [RegExp, string][], text: string): string | undefined {
  const [pattern, korean] = reasons.find(([each]) => each.test(text)) ?? [];
  return pattern && korean !== undefined ? text.replace(pattern, korean) : undefined;
}

/** "price: Too small…; url: …": the fields by the mapper's names. */
function fieldReasons(reason: string): string {
  return reason
    .split("; ")
    .map((each) => {
      const [, field = "", message = ""] = /^([\w.]+): (.*)$/.exec(each) ?? [];
      const korean = find(FIELD_REASONS, message);
      const name = (feedWords as Record<string, readonly [string, string]>)[`feeds.field.${field}`]?.[0];
      return korean === undefined ? each : `${name ?? field}: ${korean}`;
    })
    .join("; ");
}

/** A reason in the page's language; what nobody has words for stays as it is. */
export function reasonIn(locale: Locale, reason: string): string {
  return locale === "ko" ? (find(REASONS, reason) ?? fieldReasons(reason)) : reason;
}
