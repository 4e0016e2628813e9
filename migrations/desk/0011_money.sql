-- The operations that move money, which a shift is made of: fees taken, cancelled, confirmed; closes; what was paid in.
CREATE INDEX op_money ON op (kind) WHERE kind IN (11, 12, 20, 21, 22);
