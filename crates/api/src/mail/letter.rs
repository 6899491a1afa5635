//! What a mail says: made when it is sent, from what is stored then.

use ordervault_domain::access::Scope;
use ordervault_domain::contact::{Contact, Email};
use ordervault_domain::customer::{Customer, EmailVerification};
use ordervault_domain::id::{CustomerId, OrderId};
use ordervault_domain::language::Language;
use ordervault_domain::money::Money;
use ordervault_domain::order::Order;
use ordervault_domain::time::{HOUR_MILLIS, TimeZone, Timestamp};
use ordervault_persistence::Error;
use ordervault_persistence::read::{self, AsOf};
use ordervault_persistence::tx::Conn;
use ordervault_persistence::writer::{Mail, MailKind, Purpose};

use super::mailer::{Letter, Mailer};
use crate::auth::lifetime_millis;
use crate::translations::{Text, Translations};

/// To whom something is to be written, and what, as far as it is known before there is a code.
pub(crate) struct Draft {
    /// The address that is stored now.
    pub to: Email,
    /// For whom the letter has to have a code, and what for.
    pub code: Option<(CustomerId, Purpose)>,
    language: Option<Language>,
    kind: MailKind,
    values: Vec<(&'static str, String)>,
}

/// The letter behind a waiting mail; none: there is nothing to be written any more, or nobody to write to.
pub(crate) async fn draft(conn: &mut Conn, mail: &Mail) -> Result<Option<Draft>, Error> {
    match mail.kind {
        MailKind::PasswordReset
        | MailKind::EmailVerification
        | MailKind::AccountExists
        | MailKind::AccountEmailChanged
        | MailKind::AccountDeletionRequested
        | MailKind::AccountDeletionTakenBack
        | MailKind::AccountErased => to_customer(conn, mail).await,
        MailKind::OrderPlaced
        | MailKind::OrderConfirmed
        | MailKind::OrderCompleted
        | MailKind::OrderCancelled
        | MailKind::OrderLinked
        | MailKind::OrderUnlinked
        | MailKind::OrderContactChanged => about_order(conn, mail).await,
    }
}

async fn to_customer(conn: &mut Conn, mail: &Mail) -> Result<Option<Draft>, Error> {
    let id = CustomerId::from_i64(mail.entity_id);
    // Whoever was shut out because of a thief hears of what the thief did.
    let is_about_a_thief = matches!(
        mail.kind,
        MailKind::AccountEmailChanged
            | MailKind::AccountDeletionRequested
            | MailKind::AccountDeletionTakenBack
            | MailKind::AccountErased
    );
    let is_reader = |customer: &Customer| customer.active || is_about_a_thief;
    let Some(customer) = read::customer(conn, id).await?.filter(is_reader) else { return Ok(None) };
    let code = match mail.kind {
        MailKind::PasswordReset => Some((id, Purpose::PasswordReset)),
        MailKind::EmailVerification if customer.email_verification == EmailVerification::Verified => {
            return Ok(None);
        }
        MailKind::EmailVerification => Some((id, Purpose::EmailVerification)),
        _ => None,
    };
    let due_at = match (mail.kind, customer.deletion_due_at) {
        (MailKind::AccountDeletionRequested, None) => return Ok(None),
        (MailKind::AccountDeletionRequested, due_at) => due_at,
        _ => None,
    };
    let values = due_at.map(|due_at| ("date", TimeZone::UTC.day(due_at))).into_iter().collect();
    let to = match mail.kind {
        MailKind::AccountEmailChanged => former_email(conn, &customer, mail.queued_at).await?,
        _ => customer.contact.email,
    };
    let Some(to) = to else { return Ok(None) };
    Ok(Some(Draft { to, code, language: customer.language, kind: mail.kind, values }))
}

/// The address that an account had before it changed then, if it has another one now.
async fn former_email(
    conn: &mut Conn,
    customer: &Customer,
    changed_at: Timestamp,
) -> Result<Option<Email>, Error> {
    let before = AsOf::Time(changed_at.plus_millis(-1));
    let former: Option<Customer> = read::state_at(conn, customer.id.get(), before).await?;
    let email = former.and_then(|former| former.contact.email);
    Ok(email.filter(|email| customer.contact.email.as_ref() != Some(email)))
}

async fn about_order(conn: &mut Conn, mail: &Mail) -> Result<Option<Draft>, Error> {
    let Some(order) = read::order(conn, &Scope::Everything, OrderId::from_i64(mail.entity_id)).await? else {
        return Ok(None);
    };
    let to = match mail.kind {
        MailKind::OrderContactChanged => former_contact(conn, &order).await?.email,
        _ => order.contact.email.clone(),
    };
    let Some(to) = to else { return Ok(None) };
    let store = read::store(conn, order.store_id).await?;
    let Some(store) = store.filter(|store| store.policy.order_mails || mail.kind.warns()) else {
        return Ok(None);
    };
    let language = match order.customer_id {
        Some(id) => read::customer(conn, id).await?.and_then(|customer| customer.language),
        None => None,
    };
    let total = Money { amount: order.totals.total, currency: order.currency };
    let values = vec![
        ("number", order.id.number()),
        ("store", store.name.clone()),
        ("date", store.time_zone.day(order.placed_at)),
        ("total", total.to_string()),
        ("lines", lines(&order)),
    ];
    Ok(Some(Draft { to, code: None, language, kind: mail.kind, values }))
}

/// By what the order could be reached before its contact last changed.
async fn former_contact(conn: &mut Conn, order: &Order) -> Result<Contact, Error> {
    let before = AsOf::Version(order.contact_version - 1);
    let former: Option<Order> = read::state_at(conn, order.id.get(), before).await?;
    Ok(former.map(|former| former.contact).unwrap_or_default())
}

fn lines(order: &Order) -> String {
    let line = |line: &ordervault_domain::order::Line| {
        let total = Money { amount: line.total, currency: order.currency };
        format!("{} × {}: {total}", line.quantity, line.title)
    };
    order.lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

impl Draft {
    /// In words, with the code if it has one.
    pub(crate) fn letter(&self, translations: &Translations, mailer: &Mailer, code: Option<&str>) -> Letter {
        let locale = translations.locale(self.language.as_ref());
        let name = <&str>::from(self.kind).replace('_', "-");
        let said = |part: &str| {
            let text = Text::new(format!("mail-{name}-{part}"));
            let text = self.values.iter().fold(text, |text, (name, value)| text.with(name, value.clone()));
            let Some(((_, purpose), code)) = self.code.zip(code) else { return locale.say(&text) };
            let link = mailer.link(&<&str>::from(purpose).replace('_', "-"), code);
            let hours = lifetime_millis(purpose) / HOUR_MILLIS;
            locale.say(&text.with("link", link).with("code", code.to_owned()).with("hours", hours))
        };
        Letter { subject: said("subject"), body: said("body") + "\n" }
    }
}
