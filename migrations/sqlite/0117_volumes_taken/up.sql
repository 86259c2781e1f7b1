-- What a batch of the fold took is found without reading everything that waits.
CREATE INDEX volume_tail_taken ON volume_tail (line_id, count_id) WHERE taken;
