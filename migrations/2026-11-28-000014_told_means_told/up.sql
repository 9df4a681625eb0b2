-- Why the newest text to a contact, of those whose fate is known, did not arrive; NULL if it did, or if none is known.
ALTER TABLE contacts ADD COLUMN trouble TEXT
    CHECK (trouble IN ('takes_no_texts', 'unreachable', 'undelivered', 'late', 'doubtful'));
-- That text: what is heard later about an older one is no news. No foreign key, because it outlives the text.
ALTER TABLE contacts ADD COLUMN heard_text BIGINT;
-- Where the hiker was before the check-in, and when it was taken back.
ALTER TABLE check_ins ADD COLUMN before_code TEXT;
ALTER TABLE check_ins ADD COLUMN before_at BIGINT;
ALTER TABLE check_ins ADD COLUMN taken_back_at BIGINT;
