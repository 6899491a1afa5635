//! Who and what there is in the demo shop. All of it is made up; the addresses at `example.com` reach nobody.

use ordervault_domain::access::Role;

/// A store.
pub(super) struct StoreSeed {
    pub(super) name: &'static str,
    pub(super) currency: &'static str,
    pub(super) time_zone: &'static str,
    pub(super) change_window_minutes: Option<u32>,
    /// Where it is, and its customers.
    pub(super) country: &'static str,
    pub(super) customers: &'static [Person],
    pub(super) streets: &'static [Street],
    pub(super) products: &'static [Ware],
    pub(super) notes: &'static [&'static str],
}

/// Name, local part of the e-mail address, telephone number.
pub(super) type Person = (&'static str, &'static str, &'static str);
/// Street, city, postal code.
pub(super) type Street = (&'static str, &'static str, &'static str);
/// Stock keeping unit, title, category, price in minor units, units in the house.
pub(super) type Ware = (&'static str, &'static str, &'static str, i64, i64);

/// Local part of the e-mail address, name, role, and the stores by their place in the list; none means all.
pub(super) const STAFF: &[(&str, &str, Role, &[usize])] = &[
    ("owner", "林宜蓁 Lin Yi-Chen", Role::Owner, &[]),
    ("manager", "佐藤 健 Satō Ken", Role::Manager, &[]),
    ("reviewer", "Marta Figueiredo", Role::Reviewer, &[]),
    ("clerk", "陳志明 Chen Chih-Ming", Role::Clerk, &[0, 1]),
    ("warehouse", "Rui Almeida", Role::Warehouse, &[]),
    ("auditor", "Ingrid Sørensen", Role::Auditor, &[]),
];
/// Places in [`STAFF`].
pub(super) const OWNER: usize = 0;
pub(super) const MANAGER: usize = 1;
pub(super) const REVIEWER: usize = 2;
pub(super) const CLERK: usize = 3;
pub(super) const WAREHOUSE: usize = 4;

pub(super) const STORES: &[StoreSeed] = &[
    StoreSeed {
        name: "台北茶館 Taipei Tea House",
        currency: "TWD",
        time_zone: "Asia/Taipei",
        // The examples of the API description change orders that were placed long ago.
        change_window_minutes: None,
        country: "TW",
        customers: &[
            ("王小明", "ming", "+886912345678"),
            ("李雅婷", "yating", "+886923456789"),
            ("陳建宏", "jianhong", "+886934567890"),
            ("林淑芬", "shufen", "+886945678901"),
            ("黃俊傑", "junjie", "+886956789012"),
            ("張惠美", "huimei", "+886967890123"),
            ("吳冠宇", "guanyu", "+886978901234"),
            ("蔡佩珊", "peishan", "+886989012345"),
            ("楊宗翰", "zonghan", "+886910123456"),
            ("許家豪", "jiahao", "+886921234567"),
            ("鄭心怡", "xinyi", "+886932345678"),
            ("歐陽娜娜", "nana", "+886943456789"),
            ("謝承恩", "chengen", "+886954567890"),
            ("羅美玲", "meiling", "+886965678901"),
        ],
        streets: &[
            ("信義路五段7號", "台北市", "110"),
            ("中正路238號", "台南市", "700"),
            ("民族二路96號", "高雄市", "800"),
            ("公益路二段51號", "台中市", "408"),
            ("光復路一段101號", "新竹市", "300"),
        ],
        products: &[
            ("TEA-001", "高山烏龍茶 150g", "tea", 68_000, 400),
            ("TEA-002", "阿里山金萱茶 150g", "tea", 62_000, 300),
            ("TEA-003", "東方美人茶 100g", "tea", 98_000, 120),
            ("TEA-004", "日月潭紅玉紅茶 75g", "tea", 45_000, 260),
            ("TEA-005", "木柵鐵觀音 150g", "tea", 72_000, 180),
            ("TEA-006", "文山包種茶 150g", "tea", 58_000, 220),
            ("TEA-007", "凍頂烏龍茶包 20入", "tea", 32_000, 500),
            ("TEA-008", "桂花烏龍茶 100g", "tea", 48_000, 150),
            ("POT-001", "宜興紫砂壺 180ml", "teaware", 260_000, 72),
            ("POT-002", "白瓷蓋碗組", "teaware", 88_000, 100),
            ("POT-003", "鶯歌手拉坏茶壺", "teaware", 320_000, 68),
            ("CUP-001", "保溫杯 500ml", "teaware", 79_000, 90),
            ("CUP-002", "柴燒茶杯", "teaware", 55_000, 60),
            ("CUP-003", "玻璃公道杯", "teaware", 36_000, 75),
            ("TRA-001", "竹製茶盤", "teaware", 148_000, 85),
            ("SNK-001", "鳳梨酥 12入", "sweets", 42_000, 200),
            ("SNK-002", "太陽餅 10入", "sweets", 35_000, 160),
            ("SNK-003", "花生糖 250g", "sweets", 18_000, 240),
            ("SNK-004", "牛軋糖 300g", "sweets", 26_000, 210),
            ("GFT-001", "茶點禮盒", "gifts", 128_000, 2),
        ],
        notes: &["請按兩次電鈴", "送禮用，請附提袋", "平日白天請放管理室", "", "", "", ""],
    },
    StoreSeed {
        name: "青空文具 Aozora Stationery",
        currency: "JPY",
        time_zone: "Asia/Tokyo",
        change_window_minutes: Some(120),
        country: "JP",
        customers: &[
            ("田中 さくら", "sakura", "+819011112222"),
            ("鈴木 一郎", "ichiro", "+819022223333"),
            ("高橋 美咲", "misaki", "+819033334444"),
            ("渡辺 翔太", "shota", "+819044445555"),
            ("伊藤 結衣", "yui", "+819055556666"),
            ("山本 大輔", "daisuke", "+819066667777"),
            ("中村 陽菜", "hina", "+819077778888"),
            ("小林 誠", "makoto", "+819088889999"),
            ("加藤 ななみ", "nanami", "+818011112222"),
            ("吉田 蓮", "ren", "+818022223333"),
            ("山田 花子", "hanako", "+818033334444"),
            ("佐々木 悠真", "yuma", "+818044445555"),
            ("ジェームズ・ブラウン", "james", "+818055556666"),
        ],
        streets: &[
            ("神南1-19-11", "渋谷区", "150-0041"),
            ("大名2-6-28", "福岡市", "810-0041"),
            ("梅田3-1-3", "大阪市", "530-0001"),
            ("四条通寺町東入", "京都市", "600-8001"),
        ],
        products: &[
            ("PEN-001", "万年筆 細字 F", "pens", 4_400, 60),
            ("PEN-002", "ゲルインクボールペン 0.5 黒", "pens", 220, 900),
            ("PEN-003", "ゲルインクボールペン 0.5 青", "pens", 220, 700),
            ("PEN-004", "筆ペン 中字", "pens", 550, 180),
            ("PEN-005", "シャープペンシル 0.3", "pens", 1_320, 140),
            ("PEN-006", "マーカー 12色セット", "pens", 1_980, 85),
            ("INK-001", "万年筆インク 藍 50ml", "inks", 1_650, 70),
            ("INK-002", "万年筆インク 桜 50ml", "inks", 1_650, 115),
            ("NOT-001", "方眼ノート A5", "paper", 680, 320),
            ("NOT-002", "無地ノート B6", "paper", 540, 260),
            ("NOT-003", "手帳 2026", "paper", 2_750, 90),
            ("PAP-001", "和紙便箋セット", "paper", 980, 110),
            ("PAP-002", "千代紙 15cm 100枚", "paper", 1_210, 95),
            ("PAP-003", "封筒 洋形2号 50枚", "paper", 760, 150),
            ("TAP-001", "マスキングテープ 青空", "tape", 330, 400),
            ("TAP-002", "マスキングテープ 猫", "tape", 330, 380),
            ("STA-001", "ホチキス 針なし", "tools", 1_100, 65),
            ("SCI-001", "裁縫はさみ", "tools", 3_300, 90),
            ("CAS-001", "帆布ペンケース", "tools", 2_420, 105),
            ("SEA-001", "印鑑 黒水牛", "tools", 8_800, 3),
        ],
        notes: &["領収書をお願いします", "置き配でお願いします", "", "", "", ""],
    },
    StoreSeed {
        name: "Casa do Porto",
        currency: "EUR",
        time_zone: "Europe/Lisbon",
        change_window_minutes: Some(60),
        country: "PT",
        customers: &[
            ("Maria da Conceição", "maria", "+351912000001"),
            ("João Gonçalves", "joao", "+351912000002"),
            ("Inês Magalhães", "ines", "+351912000003"),
            ("François Lefèvre", "francois", "+33612000004"),
            ("Søren Ågaard", "soren", "+4520000005"),
            ("Jürgen Weiß", "juergen", "+4915200000006"),
            ("Zoë Müller", "zoe", "+41790000007"),
            ("Łukasz Żak", "lukasz", "+48512000008"),
            ("Núria Puig", "nuria", "+34612000009"),
            ("Siobhán O’Brien", "siobhan", "+353850000010"),
            ("Ana Beatriz Lopes", "beatriz", "+351912000011"),
            ("Giulia D’Angelo", "giulia", "+393200000012"),
            ("Tomás Araújo", "tomas", "+351912000013"),
        ],
        streets: &[
            ("Rua das Flores 12", "Porto", "4050-262"),
            ("Avenida da Liberdade 180", "Lisboa", "1250-146"),
            ("Largo da Oliveira 3, 2.º Esq.", "Guimarães", "4800-438"),
            ("Bahnhofstraße 5", "München", "80335"),
        ],
        products: &[
            ("AZU-001", "Azulejo pintado à mão 14 cm", "tiles", 1_850, 140),
            ("AZU-002", "Painel de azulejos, 4 peças", "tiles", 6_900, 80),
            ("COR-001", "Carteira de cortiça", "cork", 2_490, 80),
            ("COR-002", "Mala de cortiça", "cork", 7_950, 78),
            ("COR-003", "Base para copos, 6 peças", "cork", 1_190, 120),
            ("SAR-001", "Sardinhas em azeite", "food", 420, 600),
            ("SAR-002", "Sardinhas picantes", "food", 450, 520),
            ("ATU-001", "Atum com limão", "food", 520, 300),
            ("AZE-001", "Azeite virgem extra 500 ml", "food", 1_090, 240),
            ("VIN-001", "Vinho do Porto Tawny 10 anos", "wine", 2_350, 110),
            ("VIN-002", "Vinho do Porto Vintage 2011", "wine", 8_900, 69),
            ("VIN-003", "Vinho verde Alvarinho", "wine", 1_290, 200),
            ("SAB-001", "Sabonete de lavanda", "soap", 650, 260),
            ("SAB-002", "Sabonete de figo", "soap", 650, 240),
            ("TOA-001", "Toalha de linho", "linen", 3_900, 110),
            ("TOA-002", "Pano de cozinha bordado", "linen", 1_250, 90),
            ("GAL-001", "Galo de Barcelos", "gifts", 1_490, 70),
            ("GAL-002", "Íman de frigorífico", "gifts", 350, 400),
            ("LIV-001", "Livro de receitas", "books", 2_200, 95),
            ("CES-001", "Cesto de Natal", "gifts", 5_500, 1),
        ],
        notes: &["Deixar na portaria, por favor", "É uma prenda!", "", "", "", ""],
    },
];
