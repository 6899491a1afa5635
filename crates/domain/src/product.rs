//! Products: what a store sells, at which price, and how much of it there is.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumDiscriminants, EnumIter, IntoStaticStr, VariantNames};

use crate::access::{Actor, Permission};
use crate::aggregate::{Aggregate, Envelope, Inconsistent, Kind, Personal, Stamp, compared};
use crate::id::{ProductId, StoreId};
use crate::money::Amount;
use crate::refusal::Refusal;
use crate::store::Store;
use crate::time::Timestamp;
use crate::totals::Code;

/// Longest stock keeping unit, in code points.
pub const MAX_SKU_CODE_POINTS: usize = 100;
/// Most units of one product in the house.
pub const MAX_ON_HAND: i64 = 1_000_000_000;

/// A product as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// The id.
    pub id: ProductId,
    /// Number of the last history row. Orders that reserve or take units do not raise it.
    pub version: i64,
    /// The store that sells it.
    pub store_id: StoreId,
    /// Stock keeping unit, unique within the store.
    pub sku: String,
    /// What customers call it.
    pub title: String,
    /// Where it stands in the catalogue.
    pub category: Option<String>,
    /// Price of one unit in the store's currency.
    pub price: Amount,
    /// How it is taxed; none: as what says nothing.
    pub tax_class: Option<Code>,
    /// What one unit weighs; none: nothing that counts.
    pub weight_grams: Option<u32>,
    /// Can it be ordered?
    pub active: bool,
    /// Units in the house. The fold of the product's own history counts deliveries and corrections only; what orders
    /// take stands in the ledger of movements.
    pub on_hand: i64,
    /// Units promised to open orders; the ledger's as well.
    pub reserved: i64,
    /// Its key in the system that it was imported from.
    pub external_reference: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
}

impl Product {
    /// Units that can still be ordered.
    #[must_use]
    pub fn available(&self) -> i64 {
        self.on_hand - self.reserved
    }
}

/// What can be asked of a product.
#[derive(Clone, Debug, PartialEq, EnumDiscriminants)]
#[strum_discriminants(
    name(ProductCommandKind),
    derive(EnumIter, Hash, IntoStaticStr, Display),
    strum(serialize_all = "snake_case"),
    doc = "The kind of [`ProductCommand`], named like it."
)]
pub enum ProductCommand {
    /// Make it.
    Create(NewProduct),
    /// Change what is given.
    Edit(ProductEdit),
    /// Add to (or take from) the units in the house.
    AdjustStock {
        /// By how many.
        delta: i64,
        /// Why, in words.
        comment: Option<String>,
    },
    /// Let it be ordered.
    Activate,
    /// Let it not be ordered any more.
    Deactivate,
}

/// A new product.
#[derive(Clone, Debug, PartialEq)]
pub struct NewProduct {
    /// The store that sells it.
    pub store_id: StoreId,
    /// Stock keeping unit.
    pub sku: String,
    /// What customers call it.
    pub title: String,
    /// Where it stands in the catalogue.
    pub category: Option<String>,
    /// Price of one unit.
    pub price: Amount,
    /// How it is taxed; none: as what says nothing.
    pub tax_class: Option<Code>,
    /// What one unit weighs; none: nothing that counts.
    pub weight_grams: Option<u32>,
    /// Units in the house.
    pub on_hand: i64,
    /// Its key in the system that it is imported from.
    pub external_reference: Option<String>,
}

/// A change of a product; `None` leaves a field as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProductEdit {
    /// New stock keeping unit.
    pub sku: Option<String>,
    /// New title.
    pub title: Option<String>,
    /// New category; `Some(None)` takes it out of all.
    pub category: Option<Option<String>>,
    /// New price.
    pub price: Option<Amount>,
    /// New tax class; `Some(None)`: none.
    pub tax_class: Option<Option<Code>>,
    /// New weight; `Some(None)`: none.
    pub weight_grams: Option<Option<u32>>,
}

/// What the writer knows besides the product.
#[derive(Clone, Copy, Debug, Default)]
pub struct DecisionContext<'a> {
    /// The store of the product, if it exists.
    pub store: Option<&'a Store>,
    /// Does another product of the store have the wanted stock keeping unit?
    pub sku_taken: bool,
}

/// What can have happened to a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, EnumDiscriminants, VariantNames)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[strum(serialize_all = "snake_case")]
#[strum_discriminants(
    name(ProductEventKind),
    derive(EnumIter, Hash, IntoStaticStr, Display),
    strum(serialize_all = "snake_case"),
    doc = "The kind of [`ProductEvent`], named like it."
)]
pub enum ProductEvent {
    /// It was made.
    Created {
        /// The store that sells it.
        store_id: StoreId,
        /// Stock keeping unit.
        sku: String,
        /// Title.
        title: String,
        /// Category.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        category: Option<String>,
        /// Price of one unit.
        price: Amount,
        /// How it is taxed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tax_class: Option<Code>,
        /// What one unit weighs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        weight_grams: Option<u32>,
        /// Units in the house.
        on_hand: i64,
        /// Its key elsewhere.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        external_reference: Option<String>,
    },
    /// It was changed; what describes it is given whole.
    Edited {
        /// Stock keeping unit.
        sku: String,
        /// Title.
        title: String,
        /// Category.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        category: Option<String>,
        /// Price of one unit.
        price: Amount,
        /// How it is taxed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tax_class: Option<Code>,
        /// What one unit weighs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        weight_grams: Option<u32>,
    },
    /// Units came into or left the house, other than by orders.
    StockAdjusted {
        /// By how many.
        delta: i64,
    },
    /// It can be ordered.
    Activated {},
    /// It cannot be ordered any more.
    Deactivated {},
}

/// Decides one command on one product.
///
/// # Errors
/// The first rule that says no.
pub fn decide(
    product: Option<&Product>,
    context: &DecisionContext<'_>,
    actor: &Actor,
    command: &ProductCommand,
) -> Result<Vec<Envelope<ProductEvent>>, Refusal> {
    authorize(product, actor, command.into())?;
    let event = match (product, command) {
        (None, ProductCommand::Create(new)) => create(context, actor, new)?,
        (None, _) => return Err(Refusal::NotFound),
        (Some(product), ProductCommand::Create(new)) => {
            let again =
                new.external_reference.is_some() && new.external_reference == product.external_reference;
            return if again { Ok(vec![]) } else { Err(Refusal::Duplicate { field: "id" }) };
        }
        (Some(product), ProductCommand::Edit(edit)) => return edited(product, context, edit.clone()),
        (Some(product), ProductCommand::AdjustStock { delta, comment }) => {
            if *delta == 0 {
                return Ok(vec![]);
            }
            let on_hand = product.on_hand.checked_add(*delta).filter(|units| *units <= MAX_ON_HAND);
            let on_hand = on_hand.ok_or(Refusal::StockAboveLimit { most: MAX_ON_HAND })?;
            if on_hand < product.reserved {
                return Err(Refusal::StockBelowReserved { reserved: product.reserved });
            }
            Envelope::of(ProductEvent::StockAdjusted { delta: *delta })
                .with(Personal { comment: comment.clone(), ..Personal::default() })
        }
        (Some(product), ProductCommand::Activate) if product.active => return Ok(vec![]),
        (Some(product), ProductCommand::Deactivate) if !product.active => return Ok(vec![]),
        (Some(_), ProductCommand::Activate) => Envelope::of(ProductEvent::Activated {}),
        (Some(_), ProductCommand::Deactivate) => Envelope::of(ProductEvent::Deactivated {}),
    };
    Ok(vec![event])
}

impl ProductCommandKind {
    /// The permissions of which each opens this kind of command to staff.
    #[must_use]
    pub const fn permissions(self) -> &'static [Permission] {
        match self {
            Self::AdjustStock => &[Permission::StockAdjust],
            Self::Create | Self::Edit | Self::Activate | Self::Deactivate => &[Permission::ProductsWrite],
        }
    }
}

fn authorize(product: Option<&Product>, actor: &Actor, kind: ProductCommandKind) -> Result<(), Refusal> {
    let imports = *actor == Actor::Importer && kind == ProductCommandKind::Create;
    match product {
        _ if !imports && !actor.may_any(kind.permissions()) => Err(Refusal::lacking(kind.permissions())),
        Some(product) if !actor.stores().covers(product.store_id) => Err(Refusal::NotFound),
        Some(_) | None => Ok(()),
    }
}

fn create(
    context: &DecisionContext<'_>,
    actor: &Actor,
    new: &NewProduct,
) -> Result<Envelope<ProductEvent>, Refusal> {
    let store = context.store.filter(|store| actor.stores().covers(store.id)).ok_or(Refusal::UnknownStore)?;
    if context.sku_taken {
        return Err(Refusal::Duplicate { field: "sku" });
    }
    if !(0..=MAX_ON_HAND).contains(&new.on_hand) {
        return Err(Refusal::OpeningStockOutOfRange { most: MAX_ON_HAND });
    }
    let new = new.clone();
    Ok(Envelope::of(ProductEvent::Created {
        store_id: store.id,
        sku: new.sku,
        title: new.title,
        category: new.category,
        price: priced(new.price)?,
        tax_class: classed(context, new.tax_class)?,
        weight_grams: new.weight_grams,
        on_hand: new.on_hand,
        external_reference: new.external_reference,
    }))
}

fn edited(
    product: &Product,
    context: &DecisionContext<'_>,
    edit: ProductEdit,
) -> Result<Vec<Envelope<ProductEvent>>, Refusal> {
    let sku = edit.sku.unwrap_or_else(|| product.sku.clone());
    if sku != product.sku && context.sku_taken {
        return Err(Refusal::Duplicate { field: "sku" });
    }
    let title = edit.title.unwrap_or_else(|| product.title.clone());
    let category = edit.category.unwrap_or_else(|| product.category.clone());
    let price = priced(edit.price.unwrap_or(product.price))?;
    let tax_class = match edit.tax_class {
        Some(class) => classed(context, class)?,
        None => product.tax_class.clone(),
    };
    let weight_grams = edit.weight_grams.unwrap_or(product.weight_grams);
    let same = sku == product.sku
        && title == product.title
        && category == product.category
        && price == product.price
        && tax_class == product.tax_class
        && weight_grams == product.weight_grams;
    if same {
        return Ok(vec![]);
    }
    Ok(vec![Envelope::of(ProductEvent::Edited { sku, title, category, price, tax_class, weight_grams })])
}

/// A class that its store has, if any.
fn classed(context: &DecisionContext<'_>, class: Option<Code>) -> Result<Option<Code>, Refusal> {
    let Some(class) = class else { return Ok(None) };
    let is_known = context.store.is_some_and(|store| store.has_tax_class(&class));
    if is_known { Ok(Some(class)) } else { Err(Refusal::UnknownTaxClass) }
}

fn priced(price: Amount) -> Result<Amount, Refusal> {
    if price.in_range() {
        return Ok(price);
    }
    Err(Refusal::PriceOutOfRange)
}

impl Aggregate for Product {
    const KIND: Kind = Kind::Product;
    type Event = ProductEvent;

    fn apply(
        state: Option<Self>,
        id: i64,
        envelope: &Envelope<ProductEvent>,
        stamp: Stamp,
    ) -> Result<Self, Inconsistent> {
        let misfit = |why| Inconsistent { seq: stamp.seq, why };
        let mut product = match (state, envelope.event.clone()) {
            (
                None,
                ProductEvent::Created {
                    store_id,
                    sku,
                    title,
                    category,
                    price,
                    tax_class,
                    weight_grams,
                    on_hand,
                    external_reference,
                },
            ) => Self {
                id: ProductId::from_i64(id),
                version: 0,
                store_id,
                sku,
                title,
                category,
                price,
                tax_class,
                weight_grams,
                active: true,
                on_hand,
                reserved: 0,
                external_reference,
                created_at: stamp.occurred_at,
                updated_at: stamp.recorded_at,
            },
            (None, _) => return Err(misfit("the product does not exist yet")),
            (Some(_), ProductEvent::Created { .. }) => return Err(misfit("the product exists already")),
            (
                Some(product),
                ProductEvent::Edited { sku, title, category, price, tax_class, weight_grams },
            ) => Self { sku, title, category, price, tax_class, weight_grams, ..product },
            (Some(product), ProductEvent::StockAdjusted { delta }) => Self {
                on_hand: product
                    .on_hand
                    .checked_add(delta)
                    .ok_or_else(|| misfit("the units in the house leave the range of numbers"))?,
                ..product
            },
            (Some(product), ProductEvent::Activated {}) => Self { active: true, ..product },
            (Some(product), ProductEvent::Deactivated {}) => Self { active: false, ..product },
        };
        if stamp.seq != product.version + 1 {
            return Err(misfit("the number of the event leaves a gap"));
        }
        product.version = stamp.seq;
        product.updated_at = stamp.recorded_at;
        Ok(product)
    }

    fn raw_id(&self) -> i64 {
        self.id.get()
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn store_id(&self) -> Option<StoreId> {
        Some(self.store_id)
    }

    // Orders take and reserve.
    fn own(self) -> Self {
        Self { on_hand: 0, reserved: 0, ..self }
    }

    // What orders reserve is not the product's own history.
    compared! {
        fields { sku, title, category, price, tax_class, weight_grams, active, on_hand }
        left_out { id, version, store_id, reserved, external_reference, created_at, updated_at }
    }
}
