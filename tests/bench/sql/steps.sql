-- One order, one transaction, one statement after another.
\set a random(1, 67)
BEGIN;
SELECT price FROM p WHERE id IN (:a, :a + 67, :a + 134);
UPDATE p SET stock = stock - 1 WHERE id IN (:a, :a + 67, :a + 134) AND stock > 0;
INSERT INTO o (customer, total) VALUES (:client_id, 3000) RETURNING id \gset
INSERT INTO l VALUES (:id, 0, :a, 1000), (:id, 1, :a + 67, 1000), (:id, 2, :a + 134, 1000);
INSERT INTO h VALUES (:id, 1, repeat('x', 400));
INSERT INTO x (order_id) VALUES (:id);
COMMIT;
