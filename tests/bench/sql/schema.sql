-- What a bare order needs: half of the rows of a real one, few indexes, no rules, no search words, no idempotency, no stock
-- ledger, no sealed history, no rights.
CREATE TABLE p (id BIGINT PRIMARY KEY, price BIGINT, stock BIGINT);
INSERT INTO p SELECT n, 1000 + n, 900000000 FROM generate_series(1, 201) AS n;
CREATE TABLE o (id BIGSERIAL PRIMARY KEY, customer BIGINT, total BIGINT);
CREATE TABLE l (order_id BIGINT, position INT, product BIGINT, price BIGINT, PRIMARY KEY (order_id, position));
CREATE TABLE h (order_id BIGINT, seq INT, event TEXT, PRIMARY KEY (order_id, seq));
CREATE TABLE x (position BIGSERIAL PRIMARY KEY, order_id BIGINT);
