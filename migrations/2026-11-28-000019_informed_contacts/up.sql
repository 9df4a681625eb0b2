-- Which contacts know a time, and which time: they read of its end. A promise takes them over from the one that it replaces.
CREATE TABLE informed_contacts (
    deadline_id BIGINT NOT NULL REFERENCES deadlines (id),
    phone TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    PRIMARY KEY (deadline_id, phone)
);
INSERT INTO informed_contacts (deadline_id, phone, due_at)
SELECT DISTINCT d.id, m.phone, d.due_at FROM deadlines d JOIN messages m ON m.deadline_id = d.id
WHERE d.closed_at IS NULL AND m.class = 'notice' AND m.state <> 'withheld';

-- Whose claim ended last without news, and since when they dealt with the alarm.
ALTER TABLE alarms ADD COLUMN lapsed_phone TEXT;
ALTER TABLE alarms ADD COLUMN lapsed_since BIGINT;
