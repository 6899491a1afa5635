//! One character for all that are written for each other: 台 and 臺, 高 and 髙, 辺, 邊, 邉 and 边, ア and あ.
//!
//! The table of ideographs is made by `build.rs` of those of others.

/// Ideographs that another one stands for, in the order of the first.
static IDEOGRAPHS: &[(char, char)] = include!(concat!(env!("OUT_DIR"), "/variants.rs"));

/// The character that stands for this one and all its variants.
pub(super) fn representative(c: char) -> char {
    match c {
        // Katakana stand 96 places behind their hiragana.
        '\u{30A1}'..='\u{30F6}' | '\u{30FD}'..='\u{30FE}' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        '\u{3400}'.. => match IDEOGRAPHS.binary_search_by_key(&c, |(ideograph, _)| *ideograph) {
            Ok(place) => IDEOGRAPHS[place].1,
            Err(_) => c,
        },
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_have_one_representative() {
        for variants in [
            "台臺檯颱",
            "高髙",
            "吉𠮷",
            "辺邊邉边",
            "国國",
            "学學",
            "沢澤泽",
            "斎齋斋",
            "斉齊齐",
            "広廣广",
            "浜濱滨",
            "桜櫻樱",
            "発發发髮",
            "竜龍龙",
            "鉄鐵铁",
            "体體",
            "声聲",
            "売賣卖",
            "読讀读",
            "駅驛驿",
            "塩鹽盐",
            "鶏雞鸡鷄",
            "裡裏里",
            "後后",
            "麵面麺",
            "乾幹干",
            "隻只",
            "為爲为",
            "真眞",
            "温溫",
            "あア",
            "がガ",
            "ゔヴ",
            "ゝヽ",
        ] {
            let mut all = variants.chars().map(representative);
            let first = all.next();
            assert!(all.all(|other| Some(other) == first), "{variants}");
        }
        for other in ["斉斎", "末未", "土士", "かが", "アァ"] {
            let [a, b] = [0, 1].map(|place| other.chars().nth(place).map(representative));
            assert_ne!(a, b, "{other}");
        }
    }

    #[test]
    fn a_representative_stands_for_itself() {
        for c in ('\u{3000}'..='\u{9FFF}').chain('\u{F900}'..='\u{FAFF}').chain('\u{20000}'..='\u{2A6DF}') {
            assert_eq!(representative(representative(c)), representative(c), "{c}");
        }
    }
}
