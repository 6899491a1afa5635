//! Makes the table of ideographs that another one stands for, so that the program carries it alone, and not the phrases, forms and
//! parsers that it is read from.
//!
//! It is made of the tables of `OpenCC` (`hanconv`: traditional, simplified and Japanese forms) and of the Ideographic Research Group
//! (`irg-kvariants`: variants).

use std::env::var_os;
use std::error::Error;
use std::fs;
use std::path::PathBuf;

use irg_kvariants::KVARIANTS;

/// More steps than there are from any character to the one that stands for it.
const MAX_STEPS: usize = 8;

#[expect(clippy::disallowed_methods, reason = "cargo names the folder of a build script in a variable")]
fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let ideographs = ('\u{3400}'..='\u{4DBF}')
        .chain('\u{4E00}'..='\u{9FFF}')
        .chain('\u{F900}'..='\u{FAFF}')
        .chain('\u{20000}'..='\u{3FFFD}');
    let pairs = ideographs.map(|c| (c, representative(c))).filter(|(c, other)| c != other);
    let rows = pairs.map(|(c, other)| format!("('{}', '{}'),\n", c.escape_unicode(), other.escape_unicode()));
    let folder = PathBuf::from(var_os("OUT_DIR").ok_or("cargo names no OUT_DIR")?);
    fs::write(folder.join("variants.rs"), format!("&[{}]", rows.collect::<String>()))?;
    Ok(())
}

/// The character that stands for this one and all its variants.
fn representative(c: char) -> char {
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
