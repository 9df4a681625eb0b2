DROP TABLE status_callbacks;
DROP TABLE inbound_sids;
DROP TABLE messages;
