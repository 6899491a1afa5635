//! `import jsonl`: what `export jsonl` wrote.

use std::path::Path;

use ordervault_persistence::transfer::{self, Integrity, Summary};

use crate::context::Context;
use crate::database::Database;
use crate::exit::{Exit, Failure};
use crate::sources;

pub(super) async fn run(context: &Context, file: &Path) -> Result<Exit, Failure> {
    // No shop is begun for a file that is not there.
    let length = tokio::fs::metadata(file).await.map(|file| file.len()).map_err(|error| {
        Failure::new(Exit::Io, format!("the export file {} cannot be read: {error}", file.display()))
    })?;
    let database = Database::open(context, sources::system()?).await?;
    let progress = context.start("bytes", Some(length));
    let mut seen = 0;
    let summary = transfer::import_file(&database.writer, file, |at| {
        progress.advance(at.bytes.saturating_sub(seen));
        seen = at.bytes;
    })
    .await;
    progress.finish();
    database.close().await;
    let summary = summary?;
    for refused in &summary.refused_lines {
        let id = refused.id.as_deref().unwrap_or("?");
        context.say(&format!("{}:{}: {id}: {}", file.display(), refused.line, refused.reason));
    }
    for key in &summary.not_checked {
        context.say(&format!("not checked: the seals of key {key}, which is not in auth.secret_file"));
    }
    context.print(&told(&summary))?;
    Ok(if summary.is_complete() { Exit::Ok } else { Exit::Findings })
}

/// What became of every line.
fn told(summary: &Summary) -> String {
    let integrity = match summary.integrity {
        Integrity::Whole => "the file is whole",
        Integrity::CutOff => "THE FILE IS CUT OFF",
        Integrity::Altered => "THE FILE IS NOT WHAT WAS EXPORTED",
    };
    format!(
        "{} lines: {} taken over, {} already there, {} refused; {integrity}\n",
        summary.lines,
        summary.adopted.total(),
        summary.present.total(),
        summary.refused
    )
}
