/** What one wears and carries: kinds of products of the demo shop. Texts are "Korean|English". */

export interface Kind {
  /** Category path, broad to narrow. */
  path: string[];
  /** The noun that ends a product's name. */
  noun: string;
  /** KRW before the brand's tier. */
  prices: [number, number];
  brands: string[];
  /** When the material decides the color, and not the brand's style. */
  colors?: string[];
  /** What makes each product of the kind its own: comes before the noun; separated by slashes. */
  names: string;
}

const OUTER = "아우터|Outerwear";
const KNIT = "니트|Knitwear";
const TOP = "상의|Tops";
const BOTTOM = "하의|Bottoms";
const SHOES = "신발|Shoes";
const BAGS = "가방|Bags";

const DAILY = ["monoharu", "yeondam", "seoribit", "dulsup", "noirday", "lattemood"];
const TAILORED = ["haverlin", "greyloft", "yeondam", "monoharu", "seoribit"];
const SOFT = ["seoribit", "lattemood", "onyugyeol", "yeondam"];
const STREET = ["blocknine", "noirday", "baramgil", "lattemood"];

export const WEAR: Record<string, Kind> = {
  coat: {
    path: [OUTER, "코트|Coats"],
    noun: "코트|Coat",
    prices: [159000, 289000],
    brands: TAILORED,
    names: `오버핏 울 블렌드 롱|Oversized Wool-Blend Long / 핸드메이드 캐시미어 벨티드|Handmade Cashmere Belted /
      더블 브레스티드 체스터|Double-Breasted Chester / 싱글 발마칸|Single Balmacaan / 헤링본 하프|Herringbone Half /
      미니멀 카라리스|Minimal Collarless / 알파카 더플|Alpaca Duffle`,
  },
  puffer: {
    path: [OUTER, "패딩|Puffers"],
    noun: "패딩|Puffer",
    prices: [119000, 249000],
    brands: ["solmaru", "baramgil", "blocknine", "noirday"],
    names: `구스다운 숏|Goose Down Short / 리사이클 나일론 롱|Recycled Nylon Long / 초경량 포켓터블|Packable Ultralight /
      후디드 헤비 다운|Hooded Heavy Down / 퀼팅 라이너|Quilted Liner / 볼륨 크롭|Voluminous Cropped /
      윈드프루프 캠프|Windproof Camp`,
  },
  jacket: {
    path: [OUTER, "재킷|Jackets"],
    noun: "재킷|Jacket",
    prices: [79000, 169000],
    brands: ["haverlin", "blocknine", "noirday", "baramgil", "monoharu"],
    names: `워시드 코튼 워크|Washed Cotton Work / 울 트윌|Wool Twill / 나일론 바시티|Nylon Varsity / 왁스드 필드|Waxed Field /
      립스탑 아노락|Ripstop Anorak / 코듀로이 트러커|Corduroy Trucker / 스웨이드 하프|Suede Half`,
  },
  sweater: {
    path: [KNIT, "스웨터|Sweaters"],
    noun: "스웨터|Sweater",
    prices: [49000, 99000],
    brands: DAILY,
    names: `램스울 라운드|Lambswool Crewneck / 케이블 피셔맨|Cable Fisherman / 메리노 하이넥|Merino High-Neck /
      노르딕 자카드|Nordic Jacquard / 와플 조직|Waffle-Knit / 캐시 블렌드 소프트|Soft Cashmere-Blend /
      스트라이프 보트넥|Striped Boat-Neck`,
  },
  cardigan: {
    path: [KNIT, "가디건|Cardigans"],
    noun: "가디건|Cardigan",
    prices: [55000, 109000],
    brands: ["seoribit", "lattemood", "onyugyeol", "yeondam", "monoharu"],
    names: `모헤어 크롭|Mohair Cropped / 청키 케이블|Chunky Cable / 라운드 데일리|Everyday Round / 숄칼라 롱|Long Shawl-Collar /
      리브드 버튼|Ribbed Button / 알파카 브이넥|Alpaca V-Neck / 포인텔|Pointelle`,
  },
  shirt: {
    path: [TOP, "셔츠|Shirts"],
    noun: "셔츠|Shirt",
    prices: [39000, 89000],
    brands: ["haverlin", "yeondam", "monoharu", "onyugyeol", "greyloft"],
    names: `옥스퍼드 버튼다운|Oxford Button-Down / 린넨 데일리|Everyday Linen / 브러시드 플란넬|Brushed Flannel /
      포플린 와이드|Wide Poplin / 스트라이프 오버핏|Oversized Striped / 텐셀 드레이프|Draped Tencel /
      샴브레이 워크|Chambray Work`,
  },
  tee: {
    path: [TOP, "티셔츠|T-Shirts"],
    noun: "티셔츠|T-Shirt",
    prices: [19000, 45000],
    brands: ["blocknine", "noirday", "dulsup", "monoharu", "baramgil"],
    names: `헤비 코튼 포켓|Heavy Cotton Pocket / 유기농 코튼 베이직|Basic Organic Cotton / 그래픽 로고|Graphic Logo /
      보더 스트라이프|Border Stripe / 피그먼트 다잉|Pigment-Dyed / 와플 조직|Waffle / 쿨링 기능성|Cooling Performance`,
  },
  hoodie: {
    path: [TOP, "후디|Hoodies"],
    noun: "후디|Hoodie",
    prices: [45000, 89000],
    brands: STREET,
    names: `헤비웨이트 기모|Heavyweight Fleece / 테크 저지|Tech Jersey / 아치 로고|Arch Logo / 빈티지 워시드|Vintage Washed /
      컬러블록|Color-Block / 보아 플리스|Boa Fleece / 릴렉스드|Relaxed`,
  },
  jeans: {
    path: [BOTTOM, "데님|Denim"],
    noun: "데님 팬츠|Jeans",
    prices: [49000, 99000],
    brands: ["noirday", "blocknine", "yeondam", "dulsup"],
    colors: ["navy", "skyblue", "black", "cobalt"],
    names: `셀비지 스트레이트|Selvedge Straight / 와이드 플로어|Floor-Length Wide / 테이퍼드 워시드|Washed Tapered /
      하이라이즈 부츠컷|High-Rise Bootcut / 카펜터|Carpenter / 소프트 배럴핏|Soft Barrel-Fit / 생지 슬림|Raw Slim`,
  },
  trousers: {
    path: [BOTTOM, "슬랙스|Trousers"],
    noun: "슬랙스|Trousers",
    prices: [45000, 95000],
    brands: ["haverlin", "greyloft", "monoharu", "yeondam", "solmaru"],
    names: `원턱 와이드|One-Tuck Wide / 울 플란넬|Wool Flannel / 세미 크롭|Semi-Cropped / 코튼 치노|Cotton Chino /
      밴딩 조거|Jogger / 핀턱 테이퍼드|Pin-Tuck Tapered / 스트레치 트래블|Stretch Travel`,
  },
  skirt: {
    path: [BOTTOM, "스커트|Skirts"],
    noun: "스커트|Skirt",
    prices: [39000, 79000],
    brands: SOFT,
    names: `플리츠 미디|Pleated Midi / 새틴 롱|Satin Long / 코듀로이 A라인|Corduroy A-Line / 울 체크|Checked Wool /
      티어드 코튼|Tiered Cotton / 랩|Wrap / 데님 플레어|Flared Denim`,
  },
  dress: {
    path: ["원피스|Dresses", "데일리 원피스|Everyday Dresses"],
    noun: "원피스|Dress",
    prices: [69000, 149000],
    brands: SOFT,
    names: `스퀘어넥 퍼프|Square-Neck Puff / 셔링 니트 롱|Long Shirred Knit / 린넨 셔츠|Linen Shirt / 플로럴 랩|Floral Wrap /
      코듀로이 점퍼|Corduroy Pinafore / 새틴 슬립|Satin Slip / 티어드 맥시|Tiered Maxi / 벨티드 트위드|Belted Tweed`,
  },
  sneakers: {
    path: [SHOES, "스니커즈|Sneakers"],
    noun: "스니커즈|Sneakers",
    prices: [59000, 139000],
    brands: ["blocknine", "noirday", "monoharu", "baramgil"],
    names: `레더 코트|Leather Court / 스웨이드 레트로 러너|Suede Retro Runner / 캔버스 로우|Canvas Low / 청키 솔|Chunky-Sole /
      트레일 메시|Trail Mesh / 데일리 워커|Daily Walker / 니트 러너|Knit Runner`,
  },
  boots: {
    path: [SHOES, "부츠|Boots"],
    noun: "부츠|Boots",
    prices: [99000, 219000],
    brands: ["solmaru", "haverlin", "noirday", "baramgil"],
    names: `사이드고어 첼시|Chelsea / 방수 하이킹|Waterproof Hiking / 레이스업 워커|Lace-Up Combat / 스웨이드 앵클|Suede Ankle /
      양털 윈터|Shearling Winter / 비 오는 날 레인|Rainy-Day / 데저트|Desert`,
  },
  loafers: {
    path: [SHOES, "로퍼|Loafers"],
    noun: "로퍼|Loafers",
    prices: [79000, 169000],
    brands: TAILORED,
    names: `페니|Penny / 태슬|Tassel / 스퀘어토|Square-Toe / 소프트 드라이빙|Soft Driving / 플랫폼|Platform /
      스웨이드 비트|Suede Bit / 클래식 모카신|Classic Moccasin`,
  },
  tote: {
    path: [BAGS, "토트백|Totes"],
    noun: "토트백|Tote",
    prices: [29000, 159000],
    brands: ["greyloft", "yeondam", "onyugyeol", "lattemood", "haverlin"],
    names: `캔버스 마켓|Canvas Market / 베지터블 레더 쇼퍼|Vegetable-Leather Shopper / 퀼팅 라지|Large Quilted /
      노트북 비즈니스|Laptop Business / 미니 스퀘어|Mini Square / 워시드 코튼|Washed Cotton / 니트 숄더|Knitted Shoulder`,
  },
  crossbody: {
    path: [BAGS, "크로스백|Crossbody"],
    noun: "크로스백|Crossbody Bag",
    prices: [35000, 129000],
    brands: ["seoribit", "noirday", "haverlin", "blocknine", "monoharu"],
    names: `레더 새들|Leather Saddle / 나일론 슬링|Nylon Sling / 미니 카메라|Mini Camera / 하프문|Half-Moon /
      클래식 플랩|Classic Flap / 포켓 메신저|Pocket Messenger / 데일리 스퀘어|Everyday Square`,
  },
};
