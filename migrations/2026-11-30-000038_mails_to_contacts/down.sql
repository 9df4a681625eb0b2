-- Without their rows here nothing would say any more when they must not be sent.
UPDATE mails SET state = 'withheld', next_attempt_at = NULL, lease_until = NULL, lease_tag = NULL
WHERE state IN ('queued', 'sending') AND id IN (SELECT mail_id FROM contact_mails);
DROP TABLE contact_mails;
DROP TABLE stopped_mails;
DROP TABLE contact_emails;
