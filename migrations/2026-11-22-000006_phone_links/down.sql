DROP TABLE pending_actions;
DROP TABLE phone_word_sets;
DROP TABLE phone_codes;
DROP TABLE phone_links;
