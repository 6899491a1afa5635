//! What the orders of `demo seed` are put together from: texts in several scripts, of which some are in very many orders and
//! some in very few. All of it is made up.

/// A store: name, currency, time zone, country.
pub(super) type Shop = (&'static str, &'static str, &'static str, &'static str);
/// Family names and given names that go together, and what stands between them.
pub(super) struct People {
    pub(super) families: &'static [&'static str],
    pub(super) given: &'static [&'static str],
    pub(super) is_family_first: bool,
    pub(super) gap: &'static str,
}
/// Street, city, postal code, country.
pub(super) type Place = (&'static str, &'static str, &'static str, &'static str);

/// The first has half of all orders, the last one two.
pub(super) const SHOPS: [Shop; 12] = [
    ("大稻埕百貨 Dadaocheng General", "TWD", "Asia/Taipei", "TW"),
    ("青葉堂 Aoba-dō", "JPY", "Asia/Tokyo", "JP"),
    ("한강상회 Hangang", "KRW", "Asia/Seoul", "KR"),
    ("Mercado da Ribeira", "EUR", "Europe/Lisbon", "PT"),
    ("Nordlys & Søn", "DKK", "Europe/Copenhagen", "DK"),
    ("Księgarnia Wisła", "PLN", "Europe/Warsaw", "PL"),
    ("Книжарница Витоша", "EUR", "Europe/Sofia", "BG"),
    ("Ελιά και Μέλι", "EUR", "Europe/Athens", "GR"),
    ("Zürichsee Handlung", "CHF", "Europe/Zurich", "CH"),
    ("Maple and Pine", "CAD", "America/Toronto", "CA"),
    ("Feira do Ipê", "BRL", "America/Sao_Paulo", "BR"),
    ("金継工房 Kintsugi Studio", "JPY", "Asia/Tokyo", "JP"),
];

pub(super) const PEOPLE: [People; 6] = [
    People {
        families: &["王", "李", "陳", "林", "黃", "張", "吳", "蔡", "楊", "許", "鄭", "謝", "歐陽"],
        given: &[
            "雅婷", "建宏", "淑芬", "俊傑", "惠美", "冠宇", "佩珊", "宗翰", "家豪", "心怡", "承恩", "美玲",
        ],
        is_family_first: true,
        gap: "",
    },
    People {
        families: &["田中", "鈴木", "高橋", "渡辺", "伊藤", "山本", "中村", "小林", "加藤", "佐々木"],
        given: &["さくら", "一郎", "美咲", "翔太", "結衣", "大輔", "陽菜", "誠", "ななみ", "蓮"],
        is_family_first: true,
        gap: " ",
    },
    People {
        families: &["김", "이", "박", "최", "정", "강", "조", "윤"],
        given: &["민준", "서연", "도윤", "하은", "지호", "수아", "예준", "지우"],
        is_family_first: true,
        gap: "",
    },
    People {
        families: &[
            "Silva",
            "Gonçalves",
            "Magalhães",
            "Ågaard",
            "Weiß",
            "Müller",
            "Żak",
            "Puig",
            "O’Brien",
            "Lopes",
            "D’Angelo",
            "Araújo",
        ],
        given: &[
            "Maria", "João", "Inês", "Søren", "Jürgen", "Zoë", "Łukasz", "Núria", "Siobhán", "Beatriz",
            "Giulia", "Tomás",
        ],
        is_family_first: false,
        gap: " ",
    },
    People {
        families: &["Петрова", "Иванова", "Димитрова", "Стоянова", "Николова"],
        given: &["Елена", "Мария", "Ана", "Виктория", "Радка"],
        is_family_first: false,
        gap: " ",
    },
    People {
        families: &["Παπαδοπούλου", "Γεωργίου", "Δημητρίου", "Νικολάου"],
        given: &["Ελένη", "Μαρία", "Κατερίνα", "Άννα"],
        is_family_first: false,
        gap: " ",
    },
];

/// Family names of one customer in some thousands.
pub(super) const RARE_FAMILIES: [&str; 4] = ["Quicksilver", "御手洗", "독고", "Ζαχαριάδη"];

pub(super) const PLACES: [Place; 8] = [
    ("信義路五段7號", "台北市", "110", "TW"),
    ("中正路238號", "台南市", "700", "TW"),
    ("神南1-19-11", "渋谷区", "150-0041", "JP"),
    ("세종대로 110", "서울특별시", "04524", "KR"),
    ("Rua das Flores 12", "Porto", "4050-262", "PT"),
    ("Bahnhofstraße 5", "München", "80335", "DE"),
    ("бул. Витоша 15", "София", "1000", "BG"),
    ("Ερμού 44", "Αθήνα", "105 63", "GR"),
];

/// Title and category. The first are in very many orders, the last ones in very few.
pub(super) const GOODS: [(&str, &str); 40] = [
    ("高山烏龍茶", "tea"),
    ("保溫杯", "kitchen"),
    ("ゲルインクボールペン", "pens"),
    ("Linen tea towel", "kitchen"),
    ("김치 항아리", "kitchen"),
    ("Azeite virgem extra", "food"),
    ("茉莉花茶", "tea"),
    ("方眼ノート", "paper"),
    ("Müslischale", "kitchen"),
    ("Ceramic mug", "kitchen"),
    ("Мед от липа", "food"),
    ("Ελαιόλαδο", "food"),
    ("鳳梨酥", "sweets"),
    ("マスキングテープ", "paper"),
    ("Sardinhas em azeite", "food"),
    ("한지 공책", "paper"),
    ("Sabonete de lavanda", "soap"),
    ("Wool blanket", "home"),
    ("宜興紫砂壺", "teaware"),
    ("万年筆インク", "pens"),
    ("Kubek ceramiczny", "kitchen"),
    ("Розово масло", "soap"),
    ("Beeswax candle", "home"),
    ("竹製茶盤", "teaware"),
    ("裁縫はさみ", "tools"),
    ("Vinho do Porto", "wine"),
    ("Fenugreek seeds", "food"),
    ("나전칠기 보석함", "gifts"),
    ("Μέλι θυμαρίσιο", "food"),
    ("Cast-iron kettle", "teaware"),
    ("印鑑 黒水牛", "tools"),
    ("Ahornsirup", "food"),
    ("花生糖", "sweets"),
    ("Harpsichord strings", "music"),
    ("帆布ペンケース", "tools"),
    ("Azulejo pintado", "tiles"),
    ("Sextant", "tools"),
    ("柴燒茶碗", "teaware"),
    ("螺鈿硯箱", "gifts"),
    ("Theremin", "music"),
];

/// What stands behind a title, by store and product.
pub(super) const VARIANTS: [&str; 8] =
    ["classic", "150 g", "青", "grande", "limited edition", "малък", "禮盒", "No. 5"];
