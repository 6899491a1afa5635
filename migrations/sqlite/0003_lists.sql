-- Lists of orders in other orders than that of their placing, and by stock keeping unit.

-- Orders of a store are found by store and status, status by status: of two indexes that begin alike PostgreSQL may take
-- the wrong one.
DROP INDEX orders_by_store;
CREATE INDEX orders_by_total ON orders (total, id);
CREATE INDEX orders_by_update ON orders (updated_at, id);
CREATE INDEX products_by_sku ON products (sku);
