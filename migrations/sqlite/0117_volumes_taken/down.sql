DROP INDEX volume_tail_taken;
