-- Texts of the last 300 days in the order of their arrival: half of them in, each with its reply; one reply in five is a
-- safety message to a contact instead. Words are kept for 20 days, as if older ones had been forgotten.
-- :users, :pairs, :our_number and :now are put in before it runs; indexes and triggers are made afterwards.

WITH RECURSIVE
    n (k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM n WHERE k < :pairs - 1),
    pairs AS (
        SELECT k, :now - 25920000000000 + k * (25920000000000 / :pairs) AS at, first.id + (k * 48271) % :users AS user_id
        FROM n CROSS JOIN (SELECT min(id) AS id FROM users WHERE phone LIKE '+6140%') AS first
    )
INSERT INTO messages (id, tag, direction, phone, our_number, user_id, cause_id, class, state, command, body, provider_sid,
                      segments, price_micros, price_currency, error_code, attempts, expires_at, state_at, created_at)
SELECT 2 * k + side.out + 1,
       unhex(printf('%08x%s', (2 * k + side.out) * (4294967295 / (2 * :pairs)), hex(randomblob(12)))),
       iif(side.out, 'out', 'in'),
       iif(side.out AND k % 5 = 0, printf('+6141%s', substr(users.phone, 6)), users.phone),
       ':our_number', users.id,
       iif(side.out, 2 * k + 1, NULL),
       iif(side.out AND k % 5 = 0, 'safety', NULL),
       CASE WHEN NOT side.out THEN 'answered'
            WHEN k % 5 <> 0 THEN 'replied'
            WHEN k % 50000 = 0 THEN 'dead'
            WHEN k % 500 = 0 THEN 'failed'
            WHEN k % 300 = 0 THEN 'undelivered'
            ELSE 'delivered' END,
       iif(side.out, NULL, iif(k % 5 = 0, 'CHECKIN', 'HELP')),
       CASE WHEN at < :now - 1728000000000 THEN NULL
            WHEN NOT side.out THEN iif(k % 5 = 0, 'CHECKIN PELIO', 'HELP')
            ELSE ':reply' END,
       CASE WHEN NOT side.out OR k % 5 = 0
            THEN 'SM' || printf('%08x', (2 * k + side.out) * (4294967295 / (2 * :pairs)))
                 || lower(hex(randomblob(12))) END,
       1 + side.out,
       iif(side.out AND k % 5 = 0 AND k % 300 <> 0 AND k % 500 <> 0, 103000, NULL),
       iif(side.out AND k % 5 = 0 AND k % 300 <> 0 AND k % 500 <> 0, 'AUD', NULL),
       CASE WHEN side.out AND k % 500 = 0 THEN '30003' WHEN side.out AND k % 300 = 0 THEN '30005' END,
       iif(side.out AND k % 5 = 0, 1, 0),
       iif(side.out AND k % 5 = 0, at + 86400000000, NULL),
       at, at
FROM pairs
CROSS JOIN (SELECT 0 AS out UNION ALL SELECT 1) AS side
CROSS JOIN users ON users.id = pairs.user_id;

INSERT INTO inbound_sids (sid, digest, token_fingerprint, message_id, received_at)
SELECT provider_sid, randomblob(32), x'0011223344556677', id, created_at
FROM messages WHERE direction = 'in' ORDER BY id;

INSERT INTO message_hours (hour, direction, state, messages, segments, unpriced_segments)
SELECT created_at / 3600000000, direction, state, count(*), sum(segments),
       sum(CASE WHEN direction = 'out' AND price_micros IS NULL THEN segments ELSE 0 END)
FROM messages GROUP BY 1, 2, 3;

INSERT INTO cost_hours (hour, currency, micros)
SELECT created_at / 3600000000, price_currency, sum(price_micros)
FROM messages WHERE price_micros IS NOT NULL GROUP BY 1, 2;
