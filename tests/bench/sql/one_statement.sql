-- The same as one statement.
\set a random(1, 67)
WITH goods AS (UPDATE p SET stock = stock - 1 WHERE id IN (:a, :a + 67, :a + 134) AND stock > 0 RETURNING id, price),
    placed AS (INSERT INTO o (customer, total) SELECT :client_id, SUM(price) FROM goods RETURNING id),
    lines AS (INSERT INTO l SELECT placed.id, (goods.id - :a) / 67, goods.id, goods.price FROM placed, goods),
    told AS (INSERT INTO h SELECT id, 1, repeat('x', 400) FROM placed)
INSERT INTO x (order_id) SELECT id FROM placed;
