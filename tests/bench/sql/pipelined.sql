-- The same, sent at once: nothing waits for an answer.
\set a random(1, 67)
\startpipeline
BEGIN;
SELECT price FROM p WHERE id IN (:a, :a + 67, :a + 134);
UPDATE p SET stock = stock - 1 WHERE id IN (:a, :a + 67, :a + 134) AND stock > 0;
INSERT INTO o (customer, total) VALUES (:client_id, 3000);
INSERT INTO l SELECT currval('o_id_seq'), n, :a + 67 * n, 1000 FROM generate_series(0, 2) AS n;
INSERT INTO h VALUES (currval('o_id_seq'), 1, repeat('x', 400));
INSERT INTO x (order_id) VALUES (currval('o_id_seq'));
COMMIT;
\endpipeline
