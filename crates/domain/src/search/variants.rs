//! One character for all that are written for each other: 台 and 臺, 高 and 髙, 辺, 邊, 邉 and 边, ア and あ.
//!
//! The tables are those of `OpenCC` (`hanconv`: traditional, simplified and Japanese forms) and of the Ideographic Research Group
//! (`irg-kvariants`: variants).

use std::sync::LazyLock;

use irg_kvariants::KVARIANTS;

/// More steps than there are from any character to the one that stands for it.
const MAX_STEPS: usize = 8;

/// The representatives of the ideographs that nearly every text is written with, looked up once.
static COMMON: LazyLock<Vec<char>> = LazyLock::new(|| ('\u{4E00}'..='\u{9FFF}').map(ideograph).collect());

/// The character that stands for this one and all its variants.
pub(super) fn representative(c: char) -> char {
    match c {
        // Katakana stand 96 places behind their hiragana.
        '\u{30A1}'..='\u{30F6}' | '\u{30FD}'..='\u{30FE}' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        '\u{4E00}'..='\u{9FFF}' => {
            COMMON.get(u32::from(c).wrapping_sub(0x4E00) as usize).copied().unwrap_or(c)
        }
        '\u{3400}'..='\u{4DBF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFD}' => ideograph(c),
        _ => c,
    }
}

fn ideograph(c: char) -> char {
    let mut met = vec![c];
    while met.len() < MAX_STEPS {
        let next = simplified(met[met.len() - 1]);
        if let Some(again) = met.iter().position(|known| *known == next) {
            // A few tables lead round: any of the circle stands for all of it.
            return met[again..].iter().copied().min().unwrap_or(c);
        }
        met.push(next);
    }
    met.last().copied().unwrap_or(c)
}

/// The simplified form of the variant's usual form.
fn simplified(c: char) -> char {
    let usual = |c: char| KVARIANTS.get(&c).map_or(c, |variant| variant.destination_ideograph);
    let traditional = single(&hanconv::jp2t(usual(c).to_string()), usual(c));
    single(&hanconv::t2s(usual(traditional).to_string()), usual(traditional))
}

/// The one character of a text, if it is one.
fn single(text: &str, otherwise: char) -> char {
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none()).unwrap_or(otherwise)
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
