//! One repair, from its beginning to its end.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use ordervault_domain::aggregate::Kind;
use ordervault_domain::customer::Customer;
use ordervault_domain::installation::{Installation, InstallationCommand};
use ordervault_domain::member::Member;
use ordervault_domain::order::Order;
use ordervault_domain::product::Product;
use ordervault_domain::store::Store;

use super::engine::Damaged;
use super::error::RepairError;
use super::kinds::Projected;
use super::ledger::{self, Moved};
use super::report::{Entry, Report, entry};
use super::resource::{self, Known, Looked};
use super::strays::STRAYS;
use super::words::Words;
use crate::db::Db;
use crate::error::{CommitError, Error, onwards};
use crate::scan::{self, Progress, Scan, Scanned as _};
use crate::seal::KeyRing;
use crate::sources::Sources;
use crate::statement::{Template, statements};
use crate::tx::Tx;
use crate::verify::pairs::{AHEAD, HISTORY_HAS_ROW, KEYS_PER_PAGE};
use crate::verify::stock::Misfit;
use crate::writer::{ActorRef, Class, Effect, Operation, Receipt, Submission, WriteError, Writer};

statements! {
    // While a page is written nobody else writes; SQLite has one writer anyway.
    ALONE: Template = Template::forked(
        "SELECT 1",
        "LOCK TABLE installations, stores, products, customers, members, orders, history IN EXCLUSIVE MODE"
    );
    KINDS: Template = Template::new(
        "SELECT entity_id, MIN(kind) FROM history WHERE entity_id {in_keys:1} GROUP BY entity_id ORDER BY entity_id"
    );
    PUT_BACK: Template = Template::new(
        "UPDATE followers SET position = (SELECT COALESCE(MAX(position), 0) FROM outbox)
         WHERE position > (SELECT COALESCE(MAX(position), 0) FROM outbox)"
    );
    INSTALLED: Template = Template::new(
        "SELECT EXISTS (SELECT 1 FROM installations), EXISTS (SELECT 1 FROM history)"
    );
}

/// Resources that are written together where they are not scanned.
pub(super) const PAGE: usize = 500;

pub(super) struct Run<'a, P> {
    pub(super) db: &'a Db,
    pub(super) keys: &'a KeyRing,
    sources: Option<&'a Sources>,
    progress: P,
    pub(super) report: Report,
    /// Resources of which there is a history and no row, by kind.
    lost: BTreeMap<String, Vec<i64>>,
    /// Those whose rows are made.
    pub(super) made: HashSet<i64>,
    /// Those that were looked at, and need not be again, by table.
    done: HashSet<(&'static str, i64)>,
    /// Products whose units are counted anew, whatever they were.
    pub(super) recounted: HashSet<i64>,
    /// What stays as it is, by table.
    pub(super) left: HashSet<(&'static str, i64)>,
    /// Rows to which no history leads, by table.
    pub(super) surplus: BTreeMap<&'static str, BTreeSet<i64>>,
    /// What the ledger will have otherwise, if nothing is written.
    pub(super) moved: Moved,
    /// Indexes of words that are made anew as a whole.
    pub(super) words: Vec<&'static str>,
}

impl<'a, P: FnMut(Progress) + Send> Run<'a, P> {
    pub(super) fn new(db: &'a Db, keys: &'a KeyRing, sources: Option<&'a Sources>, progress: P) -> Self {
        let report = Report { applied: sources.is_some(), ..Report::default() };
        Self {
            db,
            keys,
            sources,
            progress,
            report,
            lost: BTreeMap::new(),
            made: HashSet::new(),
            done: HashSet::new(),
            recounted: HashSet::new(),
            left: HashSet::new(),
            surplus: BTreeMap::new(),
            moved: HashMap::new(),
            words: vec![],
        }
    }

    pub(super) fn applies(&self) -> bool {
        self.sources.is_some()
    }

    pub(super) async fn all(mut self) -> Result<Report, RepairError> {
        self.indexes().await?;
        self.find_lost().await?;
        self.kind::<Installation>().await?;
        self.installed().await?;
        self.followers().await?;
        self.kind::<Store>().await?;
        self.kind::<Customer>().await?;
        self.kind::<Member>().await?;
        self.kind::<Product>().await?;
        self.kind::<Order>().await?;
        for strays in STRAYS {
            self.strays(strays).await?;
        }
        self.movements().await?;
        self.units().await?;
        self.remove_surplus::<Order>().await?;
        self.remove_surplus::<Product>().await?;
        self.remove_surplus::<Member>().await?;
        self.remove_surplus::<Customer>().await?;
        self.remove_surplus::<Store>().await?;
        self.remove_surplus::<Installation>().await?;
        self.fill_words().await?;
        if !self.report.rebuilt.is_empty() {
            self.begin_epoch().await?;
        }
        Ok(self.report)
    }

    /// A transaction that nobody else writes beside.
    async fn begin(&self) -> Result<Tx, Error> {
        let mut tx = self.db.begin().await?;
        tx.execute(&ALONE.bind(())).await?;
        Ok(tx)
    }

    /// Writes in a transaction of its own, and in a new epoch, if anything is to be written at all.
    pub(super) async fn write(
        &mut self,
        write: impl AsyncFnOnce(&mut Tx) -> Result<(), Error>,
    ) -> Result<(), RepairError> {
        if self.applies() {
            self.begin_epoch().await?;
            let mut tx = self.begin().await?;
            write(&mut tx).await?;
            tx.commit().await.map_err(CommitError::into_inner)?;
        }
        Ok(())
    }

    async fn indexes(&mut self) -> Result<(), RepairError> {
        let damaged = Damaged::find(self.db).await?;
        for index in &damaged.indexes {
            self.rebuilt_whole("database", format!("the index {index} is damaged"));
        }
        for table in &damaged.words {
            self.rebuilt_whole(table, "the index of words is damaged".to_owned());
            self.words.push(table);
        }
        if self.applies() && !(damaged.indexes.is_empty() && damaged.words.is_empty()) {
            damaged.mend(self.db).await?;
        }
        Ok(())
    }

    fn rebuilt_whole(&mut self, table: &'static str, detail: String) {
        self.report.rebuilt.add(Entry { table, id: None, name: String::new(), detail });
    }

    /// Finds histories whose resources are not there.
    async fn find_lost(&mut self) -> Result<(), RepairError> {
        let mut after = i64::MIN;
        loop {
            let mut conn = self.db.snapshot().await?;
            let page: Vec<(i64, i64, bool)> =
                conn.fetch_all(&HISTORY_HAS_ROW.bind((after, 0_i64, KEYS_PER_PAGE))).await?;
            let Some((last, ..)) = page.last() else { return Ok(()) };
            onwards("history", *last, &after, last)?;
            after = *last;
            let lost: Vec<i64> = page.iter().filter(|(.., fits)| !fits).map(|(id, ..)| *id).collect();
            for (id, kind) in conn.fetch_all::<(i64, String)>(&KINDS.bind((lost,))).await? {
                if kind.parse::<Kind>().is_err() {
                    let detail = format!("its history does not hold (there is no kind {kind:?})");
                    self.leave(id, Entry { table: "history", ..entry::<Order>(id, detail) });
                }
                self.lost.entry(kind).or_default().push(id);
            }
        }
    }

    /// All resources of a kind: first those without rows.
    async fn kind<A: Projected>(&mut self) -> Result<(), RepairError> {
        self.report.looked(A::TABLE, 0);
        let total = scan::count::<A>(&mut self.db.read().await?).await?;
        let is_damaged = A::SEARCH.is_some_and(|words| self.words.contains(&words));
        let indexed = if is_damaged { None } else { Some(A::indexed(self.db).await?) };
        let words = indexed.as_ref().map_or(Words::Damaged, |indexed| Words::Indexed(indexed.as_ref()));
        let lost = self.lost.remove(<&str>::from(A::KIND)).unwrap_or_default();
        for ids in lost.chunks(PAGE) {
            self.page::<A>(ids.to_vec(), words).await?;
        }
        let mut scan = Scan::new();
        loop {
            let ids = scan.next::<A>(&mut self.db.read().await?).await?;
            if ids.is_empty() {
                return Ok(());
            }
            self.page::<A>(ids, words).await?;
            let done = self.report.looked_at.get(A::TABLE).copied().unwrap_or_default();
            (self.progress)(Progress { table: A::TABLE, done, total });
        }
    }

    async fn page<A: Projected>(&mut self, mut ids: Vec<i64>, words: Words<'_>) -> Result<(), RepairError> {
        ids.retain(|id| !self.done.contains(&(A::TABLE, *id)));
        self.report.looked(A::TABLE, ids.len());
        let known = Known { keys: self.keys, words, made: &self.made };
        let mut looked = resource::look::<A>(&mut self.db.snapshot().await?, &ids, known).await?;
        if self.applies() && looked.differs() {
            if A::KIND != Kind::Installation {
                self.begin_epoch().await?;
            }
            let known = Known { keys: self.keys, words, made: &self.made };
            let mut tx = self.begin().await?;
            looked = resource::write::<A>(&mut tx, &ids, known).await?;
            tx.commit().await.map_err(CommitError::into_inner)?;
            self.begin_epoch().await?;
        }
        self.note(looked);
        Ok(())
    }

    fn note<A: Projected>(&mut self, looked: Looked<A>) {
        self.made.extend(looked.missing());
        self.recounted.extend(looked.recounted());
        let done = looked.differing.iter().filter_map(|entry| entry.id);
        self.done.extend(done.map(|id| (A::TABLE, id)));
        looked.differing.into_iter().for_each(|entry| self.report.rebuilt.add(entry));
        let mut stored = looked.ledger.stored;
        for misfit in looked.ledger.misfits {
            stored = self.note_misfit(misfit, stored);
        }
        self.report.looked("stock_movements", stored);
        for (id, entry) in looked.left {
            self.leave(id, entry);
        }
        self.surplus.entry(A::TABLE).or_default().extend(looked.surplus);
    }

    /// Notes what the ledger has otherwise. Returns how many rows of it were seen that are there now.
    pub(super) fn note_misfit(&mut self, misfit: Misfit, seen: usize) -> usize {
        self.report.rebuilt.add(ledger::told(misfit));
        if !self.applies() {
            ledger::note(&mut self.moved, misfit);
            return seen;
        }
        match misfit {
            Misfit::Missing(_) => seen + 1,
            Misfit::Other { .. } => seen,
            Misfit::Surplus(_) => seen.saturating_sub(1),
        }
    }

    pub(super) fn leave(&mut self, id: i64, entry: Entry) {
        if self.left.insert((entry.table, id)) {
            self.report.left.add(entry);
        }
    }

    pub(super) fn left_ids(&self) -> HashSet<i64> {
        self.left.iter().map(|(_, id)| *id).collect()
    }

    /// Without an installation there is no shop, and a writer would make a new one: then nothing is written.
    async fn installed(&mut self) -> Result<(), RepairError> {
        let (is_there, has_history): (bool, bool) =
            self.db.read().await?.fetch_one(&INSTALLED.bind(())).await?;
        if has_history && !is_there && self.made.is_empty() && self.left.is_empty() {
            let detail = "there is none, nor a history of one".to_owned();
            self.report.left.add(Entry { table: Installation::TABLE, id: None, name: String::new(), detail });
        }
        let mut left = self.report.left.listed.iter().filter(|entry| entry.table == Installation::TABLE);
        match left.next() {
            Some(entry) if self.applies() => Err(RepairError::Installation(entry.to_string())),
            _ => Ok(()),
        }
    }

    /// Begins a new epoch, before the first thing is written: whoever is killed after it begins another one. The
    /// installation was repaired before.
    pub(super) async fn begin_epoch(&mut self) -> Result<(), RepairError> {
        let Some(sources) = self.sources.filter(|_| self.report.epoch.is_none()) else { return Ok(()) };
        let (writer, task) = Writer::start(self.db.clone(), sources.clone(), self.keys.clone()).await?;
        let repair = Submission {
            actor: ActorRef::Operator,
            login: None,
            request_id: "repair".to_owned(),
            class: Class::Background,
            idempotency: None,
            operations: vec![Operation::Installation(InstallationCommand::Repair)],
        };
        let outcome = writer.submit(repair).await;
        task.stop().await;
        match outcome? {
            Receipt::Executed { done, .. } => match done.as_slice() {
                [Effect::Installation(installation)] => self.report.epoch = Some(installation.epoch),
                _ => return Err(WriteError::Internal.into()),
            },
            Receipt::Replayed { .. } => return Err(WriteError::Internal.into()),
        }
        Ok(())
    }

    /// Followers that stand behind the end of the outbox would pass over what comes.
    async fn followers(&mut self) -> Result<(), RepairError> {
        let ahead: Vec<(String, i64)> = self.db.read().await?.fetch_all(&AHEAD.bind(())).await?;
        for (name, position) in &ahead {
            self.rebuilt_whole("followers", format!("{name} stands at {position}, beyond the last event"));
        }
        if ahead.is_empty() {
            return Ok(());
        }
        self.write(async |tx| Ok(tx.execute(&PUT_BACK.bind(())).await.map(drop)?)).await
    }
}
