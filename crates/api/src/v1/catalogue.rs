//! Stores and products, for everybody. What staff see of them the same way is shared from here.

use std::collections::BTreeMap;

use actix_web::web;
use ordervault_domain::access::StoreScope;
use ordervault_domain::country::Country;
use ordervault_domain::id::{ProductId, StoreId};
use ordervault_domain::money::Currency;
use ordervault_domain::product::Product;
use ordervault_domain::search::query_terms;
use ordervault_domain::store::Store;
use ordervault_persistence::read::{self, OrderFilter, OrderSort, Page, ProductFilter};
use ordervault_persistence::tx::Conn;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::money::MoneyBody;
use super::paging::{DEFAULT_LIMIT, ListOf, PageQuery, has_no_words};
use super::store_terms::{PaymentRuleBody, ShippingRuleBody, TaxTermsBody};
use crate::cursors::Seal;
use crate::extract::{Content, PathId, Query};
use crate::openapi::examples;
use crate::principals::{CustomerOrGuest, OptionalCustomer};
use crate::problem::{Code, Problem};
use crate::reading::{failed, long_reader, reader};
use crate::routes::{Routes, endpoint};
use crate::state::AppState;

/// The endpoints of this room.
pub(super) fn routes() -> Routes {
    Routes::new()
        .with(endpoint!(list_stores))
        .with(endpoint!(get_store))
        .with(endpoint!(list_products))
        .with(endpoint!(get_product))
}

/// A store, as everybody sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Store)]
pub(crate) struct StoreBody {
    /// The id.
    #[schema(example = json!(examples::STORE))]
    id: String,
    /// What customers call it.
    #[schema(example = "台北茶館 Taipei Tea House")]
    name: String,
    /// ISO 4217 code of its prices and orders.
    #[schema(min_length = 3, max_length = 3, example = "TWD")]
    currency: &'static str,
    /// The IANA time zone that decides which day it is.
    #[schema(example = "Asia/Taipei")]
    time_zone: String,
    /// ISO 3166-1 alpha-2 code of the country where it sells: phone numbers without a country code are read as they are dialled
    /// there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 2, max_length = 2, example = "TW")]
    country: Option<&'static str>,
    /// Does it take orders?
    #[schema(example = true)]
    active: bool,
    /// How it is taxed. Left out: not at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    tax: Option<TaxTermsBody>,
    /// How it sends, the usual way first: an order names the `code` of one.
    shipping: Vec<ShippingRuleBody>,
    /// How it is paid, the usual way first; likewise. None: no order waits for a payment.
    payments: Vec<PaymentRuleBody>,
}

/// A product, as everybody sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Product)]
pub(crate) struct ProductBody {
    /// The id.
    #[schema(example = json!(examples::PRODUCT))]
    id: String,
    /// The store that sells it.
    #[schema(example = json!(examples::STORE))]
    store_id: String,
    /// Stock keeping unit.
    #[schema(example = "TEA-001")]
    sku: String,
    /// What customers call it.
    #[schema(example = "高山烏龍茶 150g")]
    title: String,
    /// Where it stands in the catalogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "tea")]
    category: Option<String>,
    /// Price of one unit.
    price: MoneyBody,
    /// Units that can be ordered at this moment; 0 when it is sold out.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 12)]
    available: i64,
    /// Can it be ordered, if there are units? Lists have no others.
    #[schema(example = true)]
    active: bool,
}

/// Filters of the products that can be ordered. Everything given has to hold.
#[derive(Clone, Debug, Serialize, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListProducts {
    /// Only products of this store.
    #[param(value_type = Option<String>, min_length = 18, max_length = 18, pattern = "^[Ss][Tt][Oo]_[0-9A-TV-Za-tv-z]{14}$")]
    store: Option<StoreId>,
    /// Only products of this category, such as `tea`.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100)]
    category: Option<String>,
    /// Only products with these words in title, category or stock keeping unit.
    #[validate(length(min = 1, max = 200))]
    #[param(min_length = 1, max_length = 200)]
    q: Option<String>,
    /// Rows of a page.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before, or the `previous_cursor` of the page behind, with the same filters.
    #[validate(length(min = 1, max = 200))]
    #[param(max_length = 200)]
    cursor: Option<String>,
}

impl Content for ListProducts {}

/// List the stores
///
/// Those that take orders, newest first.
#[utoipa::path(get, path = "/v1/stores", operation_id = "list_stores", tag = "catalogue", params(PageQuery),
    responses((status = 200, description = "A page of stores", body = ListOf<StoreBody>)))]
pub(crate) async fn list_stores(
    state: web::Data<AppState>,
    query: Query<PageQuery>,
) -> Result<web::Json<ListOf<StoreBody>>, Problem> {
    let seal = state.cursors.of("stores", &());
    let mut conn = reader(&state).await?;
    let page = stores(&mut conn, &StoreScope::All, true, &query.0, &seal).await?;
    let items = page.items.iter().map(StoreBody::from).collect();
    Ok(web::Json(ListOf::new(items, [page.previous, page.next], &seal)))
}

/// List the products
///
/// Those that can be ordered, newest first.
#[utoipa::path(get, path = "/v1/products", operation_id = "list_products", tag = "catalogue", params(ListProducts),
    responses((status = 200, description = "A page of products", body = ListOf<ProductBody>)))]
pub(crate) async fn list_products(
    state: web::Data<AppState>,
    query: Query<ListProducts>,
) -> Result<web::Json<ListOf<ProductBody>>, Problem> {
    let query = query.0;
    let seal = state.cursors.of("products", &ListProducts { limit: None, cursor: None, ..query.clone() });
    let from = seal.edge(query.cursor.as_ref())?;
    if has_no_words(query.q.as_deref()) {
        return Ok(web::Json(ListOf::empty(false)));
    }
    let filter = ProductFilter {
        reach: StoreScope::All,
        store_id: query.store,
        category: query.category,
        active: Some(true),
        terms: query.q.as_deref().map(query_terms).unwrap_or_default(),
    };
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let mut conn = long_reader(&state, None).await?;
    let page = read::products(&mut conn, &filter, from, limit.into()).await.map_err(failed)?;
    let currencies = Currencies::read(&mut conn).await?;
    let items = page.items.iter().map(|product| ProductBody::new(product, &currencies));
    Ok(web::Json(ListOf::new(items.collect::<Result<_, _>>()?, [page.previous, page.next], &seal)))
}

/// Read a store
///
/// One that takes orders; a signed-in customer also reads one that takes none any more, if they have an order of it.
#[utoipa::path(get, path = "/v1/stores/{id}", operation_id = "get_store", tag = "catalogue",
    params(("id" = String, Path, description = "Id of the store", example = json!(examples::STORE))),
    responses((status = 200, description = "The store", body = StoreBody)),
    security((), ("customer_bearer" = [])))]
pub(crate) async fn get_store(
    state: web::Data<AppState>,
    buyer: OptionalCustomer,
    id: PathId<StoreId>,
) -> Result<web::Json<StoreBody>, Problem> {
    let mut conn = reader(&state).await?;
    let store = read::store(&mut conn, id.0).await.map_err(failed)?;
    drop(conn);
    let store = store.ok_or_else(|| Problem::new(Code::NotFound))?;
    if !store.active {
        has_ordered(&state, &buyer.0, OrderFilter { stores: vec![store.id], ..OrderFilter::default() })
            .await?;
    }
    Ok(web::Json(StoreBody::from(&store)))
}

/// Read a product
///
/// One that can be ordered; a signed-in customer also reads one that is sold no more, if they have ordered it.
#[utoipa::path(get, path = "/v1/products/{id}", operation_id = "get_product", tag = "catalogue",
    params(("id" = String, Path, description = "Id of the product", example = json!(examples::PRODUCT))),
    responses((status = 200, description = "The product", body = ProductBody)),
    security((), ("customer_bearer" = [])))]
pub(crate) async fn get_product(
    state: web::Data<AppState>,
    buyer: OptionalCustomer,
    id: PathId<ProductId>,
) -> Result<web::Json<ProductBody>, Problem> {
    let mut conn = reader(&state).await?;
    let product = read::product(&mut conn, id.0).await.map_err(failed)?;
    let product = product.ok_or_else(|| Problem::new(Code::NotFound))?;
    let store = read::store(&mut conn, product.store_id).await.map_err(failed)?;
    drop(conn);
    let active = product.active && store.as_ref().is_some_and(|store| store.active);
    if !active {
        let filter = OrderFilter { product: Some(product.id), ..OrderFilter::default() };
        has_ordered(&state, &buyer.0, filter).await?;
    }
    let currencies = Currencies::of(store);
    Ok(web::Json(ProductBody { active, ..ProductBody::new(&product, &currencies)? }))
}

/// Only for whoever has such an order.
async fn has_ordered(state: &AppState, buyer: &CustomerOrGuest, filter: OrderFilter) -> Result<(), Problem> {
    let CustomerOrGuest::Customer(customer) = buyer else { return Err(Problem::new(Code::NotFound)) };
    let mut conn = long_reader(state, Some(customer.id.get())).await?;
    let (scope, sort) = (customer.actor().scope(), OrderSort::NEWEST_FIRST);
    let page = read::list_orders(&mut conn, &scope, &filter, sort, None, 1).await.map_err(failed)?;
    if page.items.is_empty() { Err(Problem::new(Code::NotFound)) } else { Ok(()) }
}

/// A page of the stores in reach, newest first. There are few, so that all are read.
pub(super) async fn stores(
    conn: &mut Conn,
    reach: &StoreScope,
    is_active_only: bool,
    query: &PageQuery,
    seal: &Seal<'_>,
) -> Result<Page<Store, i64>, Problem> {
    let from = seal.edge(query.cursor.as_ref())?;
    let mut all = read::stores(conn, reach).await.map_err(failed)?;
    all.retain(|store| store.active || !is_active_only);
    all.reverse();
    Ok(read::page_of(all, from, query.limit().into(), true, |store| store.id.get()))
}

/// The currency of each store, which is that of its products' prices.
pub(super) struct Currencies(BTreeMap<StoreId, Currency>);

impl Currencies {
    pub(super) async fn read(conn: &mut Conn) -> Result<Self, Problem> {
        let stores = read::stores(conn, &StoreScope::All).await.map_err(failed)?;
        Ok(Self::of(stores))
    }

    fn of(stores: impl IntoIterator<Item = Store>) -> Self {
        Self(stores.into_iter().map(|store| (store.id, store.currency)).collect())
    }

    /// The product's price.
    ///
    /// # Errors
    /// 500 when its store is not there, which the database rules out.
    pub(super) fn price(&self, product: &Product) -> Result<MoneyBody, Problem> {
        let currency = self.0.get(&product.store_id);
        let currency = currency.ok_or_else(|| Problem::internal("a product has no store"))?;
        Ok(MoneyBody::new(product.price, *currency))
    }
}

impl From<&Store> for StoreBody {
    fn from(store: &Store) -> Self {
        Self {
            id: store.id.to_string(),
            name: store.name.clone(),
            currency: store.currency.code(),
            time_zone: store.time_zone.to_string(),
            country: store.country.map(Country::code),
            active: store.active,
            tax: store.tax.as_ref().map(TaxTermsBody::from),
            shipping: store.shipping.iter().map(ShippingRuleBody::from).collect(),
            payments: store.payments.iter().map(PaymentRuleBody::from).collect(),
        }
    }
}

impl ProductBody {
    fn new(product: &Product, currencies: &Currencies) -> Result<Self, Problem> {
        Ok(Self {
            id: product.id.to_string(),
            store_id: product.store_id.to_string(),
            sku: product.sku.clone(),
            title: product.title.clone(),
            category: product.category.clone(),
            price: currencies.price(product)?,
            available: product.available(),
            active: product.active,
        })
    }
}
