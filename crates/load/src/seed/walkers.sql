-- A group that checks in at once: 400 hikers, each with 10 contacts, every contact shared by five of them. In a file that
-- is kept they are there already, and have not been anywhere lately.

WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 399)
INSERT INTO users (tag, phone, trail_name, route_id, started_at, created_at, updated_at, revision)
SELECT randomblob(16), printf('+6142%07d', i), printf('Walker %d', i), 'overland_track', :now, :now, :now, 1
FROM n
WHERE NOT EXISTS (SELECT 1 FROM users WHERE phone = printf('+6142%07d', i));

UPDATE users SET position_code = NULL, position_at = NULL, updated_at = :now, revision = revision + 1
WHERE phone >= '+6142' AND phone < '+6143';

WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9)
INSERT INTO contacts (user_id, phone, name, created_at)
SELECT users.id, printf('+6143%06d%d', substr(users.phone, 6) / 5, n.i), printf('Contact %d', n.i), :now
FROM users, n
WHERE users.phone >= '+6142' AND users.phone < '+6143'
  AND NOT EXISTS (SELECT 1 FROM contacts WHERE contacts.user_id = users.id);
