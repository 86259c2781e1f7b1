-- sqlite only
DROP TRIGGER contracting_placed;
DROP TRIGGER contracting_approved;
DROP TRIGGER contracting_moved;
DROP TRIGGER contracting_short_closed;
DROP TRIGGER contracting_accepted;
DROP TRIGGER contracting_returned;
DROP TRIGGER contracting_allowed;
DROP TRIGGER contracting_refunded;
DROP TRIGGER contracting_repriced;
DROP TRIGGER contracting_paid;
DROP TRIGGER contracting_unpaid;
-- end
DROP TABLE contracting_releases;
DROP TABLE contracting_processes;
