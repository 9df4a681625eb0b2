-- Hikers who have promised to be out by times that follow each other closely. One of :one_in was asked already and has a
-- contact, to whom the first alert is due; the others are asked, and have no contact.

WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :hikers - 1)
INSERT INTO users (tag, phone, trail_name, route_id, started_at, created_at, updated_at, revision)
SELECT randomblob(16), printf('+6144%07d', i), printf('Late %d', i), 'overland_track', :now, :now, :now, 1
FROM n;

INSERT INTO contacts (user_id, phone, name, created_at)
SELECT id, '+6145' || substr(phone, 6), 'Mum', :now
FROM users
WHERE phone >= '+6144' AND phone < '+6145' AND CAST(substr(phone, 6) AS INTEGER) % :one_in = 0;

INSERT INTO deadlines (tag, user_id, kind, phone, route_id, zone, due_at, set_at, set_by, state, next_due_at, revision)
SELECT randomblob(16), id, 'out', phone, route_id, 'Australia/Hobart', at, :now - 86400000000, 'text', 'armed', at, 1
FROM (SELECT *, :first + CAST(substr(phone, 6) AS INTEGER) * :apart AS at FROM users
      WHERE phone >= '+6144' AND phone < '+6145');

INSERT INTO deadline_stages (deadline_id, stage, due_at)
SELECT d.id, s.stage, d.due_at + s.after * 60000000
FROM deadlines d, (SELECT 'ask_2' AS stage, 0 AS after UNION ALL SELECT 'ask_3', 30 UNION ALL SELECT 'alert_1', 60
                   UNION ALL SELECT 'alert_2', 120 UNION ALL SELECT 'alert_3', 240) s
WHERE d.phone >= '+6144' AND d.phone < '+6145';

-- Their first alert comes when the others are asked.
UPDATE deadlines SET due_at = due_at - 3600000000, state = 'asking'
WHERE phone >= '+6144' AND phone < '+6145' AND CAST(substr(phone, 6) AS INTEGER) % :one_in = 0;

UPDATE deadline_stages SET due_at = due_at - 3600000000
WHERE deadline_id IN (SELECT id FROM deadlines WHERE state = 'asking');

UPDATE deadline_stages SET ended_at = due_at, outcome = 'fired', late = 0
WHERE stage IN ('ask_2', 'ask_3') AND deadline_id IN (SELECT id FROM deadlines WHERE state = 'asking');
