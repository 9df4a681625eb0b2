-- Accounts, hikers, their links, contacts and check-ins, all like the one account that was registered through the API.
-- :users and :now are put in before it runs.

CREATE TEMP TABLE pattern AS SELECT * FROM accounts ORDER BY id LIMIT 1;
CREATE TEMP TABLE routes (place INTEGER PRIMARY KEY, id TEXT NOT NULL, camp TEXT NOT NULL, camp_name TEXT NOT NULL);
INSERT INTO routes VALUES
    (0, 'overland_track', 'RONNY', 'Ronny Creek'),
    (1, 'overland_track', 'WATER', 'Waterfall Valley Hut'),
    (2, 'overland_track', 'PELIO', 'New Pelion Hut'),
    (3, 'eastern_arthurs', '', ''),
    (4, 'western_arthurs_full', '', ''),
    (5, 'federation_peak', '', '');

WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :users)
INSERT INTO accounts (tag, email, email_verified_at, password_hash, created_at, updated_at, revision)
SELECT unhex(printf('%08x%s', i * (4294967295 / :users), hex(randomblob(12)))),
       printf('hiker-%07d@example.org', i), :now, pattern.password_hash, :now, :now, pattern.revision
FROM n, pattern;

-- Numbers end in 0 here; those that text during a run end in something else and so stand between them.
WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :users - 1)
INSERT INTO users (tag, phone, account_id, last_account_id, trail_name, route_id, position_code, position_at, started_at,
                   created_at, updated_at, revision)
SELECT unhex(printf('%08x%s', i * (4294967295 / :users), hex(randomblob(12)))),
       printf('+6140%06d0', i * (1000000 / :users)), first.id + i, first.id + i,
       printf('%s %d', CASE i % 5 WHEN 0 THEN 'Wombat' WHEN 1 THEN 'Quoll' WHEN 2 THEN 'Echidna' WHEN 3 THEN 'Bilby'
                                        ELSE 'Devil' END, i), routes.id,
       nullif(routes.camp, ''), CASE WHEN routes.camp = '' THEN NULL ELSE :now - 86400000000 END,
       :now - 26000000000000, :now - 26000000000000, :now - 86400000000, 1
FROM n, (SELECT min(id) AS id FROM accounts WHERE email LIKE 'hiker-%') AS first
JOIN routes ON routes.place = i % 6;

INSERT INTO phone_links (account_id, phone, started_at)
SELECT account_id, phone, started_at FROM users ORDER BY id;

INSERT INTO contacts (user_id, phone, name, created_at)
SELECT id, printf('+6141%s', substr(phone, 6)), printf('Contact of %d', id), started_at FROM users ORDER BY id;

INSERT INTO check_ins (tag, user_id, route_id, camp_code, camp_name, source, at, announced, contacts_told)
SELECT unhex(printf('%08x%s', users.id * (4294967295 / :users), hex(randomblob(12)))),
       users.id, routes.id, routes.camp, routes.camp_name, 'sms', users.position_at, 1, 1
FROM users JOIN routes ON routes.id = users.route_id AND routes.camp = users.position_code
ORDER BY users.id;

INSERT INTO opt_outs (phone, source, started_at)
SELECT contacts.phone, 'carrier', :now - 86400000000 FROM contacts WHERE contacts.id % 1000 = 0 ORDER BY id;

-- Every fifth account is signed in somewhere.
INSERT INTO sessions (tag, account_id, user_agent, created_at, last_seen_at, expires_at, idle_expires_at, generation,
                      used_generation, revision)
SELECT unhex(printf('%08x%s', account_id * (4294967295 / (:users + 2)), hex(randomblob(12)))), account_id, 'load', :now,
       :now, :now + 2592000000000, :now + 1209600000000, 1, 1, 1
FROM users WHERE id % 5 = 0 ORDER BY id;
INSERT INTO refresh_tokens (session_id, generation, digest, created_at)
SELECT id, generation, randomblob(32), created_at FROM sessions
WHERE id NOT IN (SELECT session_id FROM refresh_tokens) ORDER BY id;

DROP TABLE temp.pattern;
DROP TABLE temp.routes;
