-- Figures that came into force by another decision than the review of a plan: a merger of units, a transfer between them.
ALTER TABLE plan_revisions ADD COLUMN decided_at BIGINT;
