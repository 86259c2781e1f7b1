ALTER TABLE order_facts DROP CONSTRAINT order_facts_kind_check;
ALTER TABLE order_facts ADD CONSTRAINT order_facts_kind_check CHECK (kind IN ('accepted', 'line_closed', 'returned', 'paid', 'payment_reversed', 'refunded', 'rated', 'annulled', 'allowed', 'line_reopened'));
