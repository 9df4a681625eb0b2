DROP TABLE key_ring_ids;
