/** What one lives with: outdoor, accessories, home, kitchen, beauty and desk. Texts are "Korean|English". */
import type { Kind } from "./kinds-wear.ts";

const OUTDOOR = "아웃도어|Outdoor";
const ACCESSORY = "액세서리|Accessories";
const HOME = "홈|Home";
const KITCHEN = "키친|Kitchen";
const BEAUTY = "뷰티|Beauty";
const DESK = "데스크|Desk";

const TRAIL = ["solmaru", "baramgil", "dulsup"];
const HOUSE = ["greyloft", "dulsup", "onyugyeol", "lattemood", "monoharu"];
const CARE = ["onyugyeol", "lattemood", "dulsup", "seoribit"];
const GEAR = ["greyloft", "noirday", "blocknine", "monoharu"];

export const LIVING: Record<string, Kind> = {
  backpack: {
    path: [OUTDOOR, "백팩|Backpacks"],
    noun: "백팩|Backpack",
    prices: [59000, 189000],
    brands: ["solmaru", "baramgil", "blocknine", "noirday"],
    names: `20L 데이|20 L Day / 45L 트레킹|45 L Trekking / 롤탑 방수|Roll-Top Waterproof / 코듀라 시티|Cordura City /
      캔버스 헤리티지|Canvas Heritage / 초경량 폴더블|Ultralight Foldable / 카메라 트래블|Camera Travel`,
  },
  tent: {
    path: [OUTDOOR, "텐트|Tents"],
    noun: "텐트|Tent",
    prices: [129000, 389000],
    brands: TRAIL,
    names: `2인용 백패킹|Two-Person Backpacking / 4인용 돔|Four-Person Dome / 원터치 그늘막|Pop-Up Shade /
      면혼방 캐빈|Poly-Cotton Cabin / 1인용 솔로|Solo / 거실형 패밀리|Family Living / 사계절 알파인|Four-Season Alpine`,
  },
  lantern: {
    path: [OUTDOOR, "랜턴|Lanterns"],
    noun: "랜턴|Lantern",
    prices: [19000, 79000],
    brands: TRAIL,
    names: `충전식 무드|Rechargeable Mood / 빈티지 오일|Vintage Oil / 방수 캠핑|Waterproof Camping / 미니 행잉|Mini Hanging /
      접이식 솔라|Foldable Solar / 황동 가스|Brass Gas / 따뜻한 빛 LED|Warm LED`,
  },
  tumbler: {
    path: [OUTDOOR, "보틀|Bottles"],
    noun: "텀블러|Tumbler",
    prices: [18000, 45000],
    brands: ["solmaru", "baramgil", "onyugyeol", "monoharu"],
    names: `진공 보온 500ml|500 ml Vacuum / 와이드 마우스 1L|1 L Wide-Mouth / 세라믹 코팅|Ceramic-Coated /
      원터치 350ml|350 ml One-Touch / 캠프|Camp / 슬림 포켓 200ml|200 ml Slim Pocket / 데일리 루프|Daily Loop`,
  },
  beanie: {
    path: [ACCESSORY, "모자|Hats"],
    noun: "비니|Beanie",
    prices: [19000, 45000],
    brands: ["blocknine", "baramgil", "lattemood", "onyugyeol"],
    names: `립 숏|Short Rib / 메리노|Merino / 폼폼|Pom-Pom / 케이블|Cable / 피셔맨|Fisherman / 리사이클 울|Recycled Wool /
      보아 플리스|Boa Fleece`,
  },
  scarf: {
    path: [ACCESSORY, "머플러|Scarves"],
    noun: "머플러|Scarf",
    prices: [29000, 99000],
    brands: ["yeondam", "haverlin", "seoribit", "dulsup"],
    names: `캐시미어 프린지|Fringed Cashmere / 체크 울|Checked Wool / 알파카 빅|Oversized Alpaca / 램스울 데일리|Everyday Lambswool /
      실크 블렌드|Silk-Blend / 투톤 리버서블|Two-Tone Reversible / 헤링본|Herringbone`,
  },
  glasses: {
    path: [ACCESSORY, "아이웨어|Eyewear"],
    noun: "선글라스|Sunglasses",
    prices: [49000, 139000],
    brands: GEAR,
    names: `라운드 아세테이트|Round Acetate / 스퀘어 볼드|Bold Square / 빈티지 뿔테|Vintage Horn-Rim / 티타늄 보스턴|Titanium Boston /
      틴트 렌즈|Tinted-Lens / 오버사이즈|Oversized / 라이트 림|Light-Rim`,
  },
  watch: {
    path: [ACCESSORY, "시계|Watches"],
    noun: "시계|Watch",
    prices: [89000, 239000],
    brands: ["greyloft", "haverlin", "monoharu", "yeondam"],
    names: `미니멀 메시|Minimal Mesh / 크로노 레더|Leather Chronograph / 문페이즈|Moonphase / 스몰 세컨즈|Small-Seconds /
      필드 오토매틱|Automatic Field / 드레스 38mm|38 mm Dress / 로즈골드|Rose-Gold`,
  },
  lamp: {
    path: [HOME, "조명|Lighting"],
    noun: "조명|Lamp",
    prices: [39000, 159000],
    brands: HOUSE,
    names: `머쉬룸 테이블|Mushroom Table / 페이퍼 쉐이드|Paper-Shade / 린넨 쉐이드|Linen-Shade / 도자기 무드|Ceramic Mood /
      침대 옆 단스탠드|Bedside / 반구 돔|Half-Dome / 무선 터치|Cordless Touch`,
  },
  cushion: {
    path: [HOME, "쿠션|Cushions"],
    noun: "쿠션|Cushion",
    prices: [19000, 49000],
    brands: HOUSE,
    names: `부클레|Bouclé / 워시드 린넨|Washed Linen / 벨벳 파이핑|Velvet Piped / 니트 케이블|Cable-Knit /
      체커보드|Checkerboard / 코튼 캔버스|Cotton Canvas / 스트라이프|Striped`,
  },
  vase: {
    path: [HOME, "화병|Vases"],
    noun: "화병|Vase",
    prices: [22000, 89000],
    brands: ["dulsup", "onyugyeol", "greyloft", "seoribit"],
    names: `달항아리|Moon Jar / 핸드메이드 도자|Hand-Thrown / 작은 꽃 한 송이|Single-Stem / 텍스처 클레이|Textured Clay /
      트위스트|Twist / 매트 세라믹|Matte Ceramic / 마른 꽃|Dried-Flower`,
  },
  candle: {
    path: [HOME, "캔들|Candles"],
    noun: "캔들|Candle",
    prices: [18000, 49000],
    brands: CARE,
    names: `무화과 소이|Fig Soy / 숲속 새벽|Forest Dawn / 코튼 플라워|Cotton Flower / 블랙티 앤 시더|Black Tea & Cedar /
      유자 생강|Yuzu Ginger / 라벤더 필드|Lavender Field / 우드윅 앰버|Wood-Wick Amber`,
  },
  mug: {
    path: [KITCHEN, "머그|Mugs"],
    noun: "머그|Mug",
    prices: [15000, 39000],
    brands: HOUSE,
    names: `스톤웨어|Stoneware / 하루 한 잔|Cup-a-Day / 법랑 캠핑|Enamel Camping / 핸드페인팅|Hand-Painted /
      투톤 라떼|Two-Tone Latte / 손잡이 큰 수프|Soup / 물레 성형|Wheel-Thrown`,
  },
  pot: {
    path: [KITCHEN, "냄비|Pots"],
    noun: "냄비|Pot",
    prices: [49000, 189000],
    brands: ["dulsup", "greyloft", "onyugyeol", "yeondam"],
    names: `무쇠 주물 24cm|24 cm Cast-Iron / 법랑 양수|Enamel Two-Handle / 통3중 스테인리스|Tri-Ply Stainless /
      솥밥|Rice / 라이트 캐서롤|Light Casserole / 소스 18cm|18 cm Sauce / 전골 30cm|30 cm Hot`,
  },
  kettle: {
    path: [KITCHEN, "커피|Coffee"],
    noun: "드립 케틀|Drip Kettle",
    prices: [39000, 129000],
    brands: ["greyloft", "monoharu", "dulsup", "solmaru"],
    names: `구스넥 600ml|600 ml Gooseneck / 온도조절 전기|Temperature-Control / 캠핑 미니|Mini Camping / 우드 핸들|Wood-Handle /
      매트 스테인리스|Matte Stainless / 해머드|Hammered / 느린 아침|Slow Morning`,
  },
  perfume: {
    path: [BEAUTY, "향수|Perfume"],
    noun: "오 드 퍼퓸|Eau de Parfum",
    prices: [59000, 149000],
    brands: ["seoribit", "haverlin", "noirday", "lattemood"],
    names: `첫눈 머스크|First Snow Musk / 비 온 뒤 시더|Cedar After Rain / 새벽 배꽃|Dawn Pear Blossom /
      블랙 페퍼 앰버|Black Pepper Amber / 피오니 가든|Peony Garden / 무화과 잎|Fig Leaf / 오래된 서재|Old Library`,
  },
  serum: {
    path: [BEAUTY, "스킨케어|Skincare"],
    noun: "세럼|Serum",
    prices: [22000, 59000],
    brands: CARE,
    names: `어성초 진정|Heartleaf Calming / 쌀겨 맑은|Rice-Bran Clear / 히알루론 수분|Hyaluronic Hydrating /
      프로폴리스 광채|Propolis Glow / 쑥 카밍|Mugwort / 나이트 리페어|Night Repair / 비타민 C|Vitamin C`,
  },
  handcream: {
    path: [BEAUTY, "핸드·바디|Hand & Body"],
    noun: "핸드크림|Hand Cream",
    prices: [12000, 29000],
    brands: CARE,
    names: `시어버터 리치|Rich Shea Butter / 무향 데일리|Unscented Daily / 로즈우드|Rosewood / 유자 시트러스|Yuzu Citrus /
      코튼 머스크|Cotton Musk / 그린티|Green Tea / 우드 세이지|Wood Sage`,
  },
  notebook: {
    path: [DESK, "노트|Notebooks"],
    noun: "노트|Notebook",
    prices: [9000, 35000],
    brands: ["monoharu", "yeondam", "dulsup", "lattemood"],
    names: `패브릭 하드커버|Fabric Hardcover / 도트 그리드 A5|A5 Dot-Grid / 재생지|Recycled-Paper / 레더 커버 저널|Leather-Cover /
      포켓|Pocket / 주간 플래너|Weekly Planner / 드로잉|Sketch`,
  },
  keyboard: {
    path: [DESK, "키보드|Keyboards"],
    noun: "키보드|Keyboard",
    prices: [69000, 189000],
    brands: GEAR,
    names: `저소음 기계식 75%|75% Silent Mechanical / 로우 프로파일|Low-Profile / 레트로 키캡|Retro-Keycap /
      알루미늄 커스텀|Custom Aluminum / 블루투스 미니|Bluetooth Mini / 투톤 텐키리스|Two-Tone Tenkeyless / 멀티페어링|Multi-Device`,
  },
  speaker: {
    path: [DESK, "스피커|Speakers"],
    noun: "스피커|Speaker",
    prices: [59000, 219000],
    brands: GEAR,
    names: `패브릭 북쉘프|Fabric Bookshelf / 포터블 블루투스|Portable Bluetooth / 우드 하이파이|Wooden Hi-Fi / 미니 큐브|Mini Cube /
      레트로|Retro / 방수 아웃도어|Waterproof Outdoor / 데스크톱|Desktop`,
  },
};
