SET LOCAL lock_timeout = '2s';

-- The e-mail addresses of contacts, which hikers have given. That an address is the contact's was not shown.
CREATE TABLE contact_emails (
    contact_id BIGINT NOT NULL PRIMARY KEY REFERENCES contacts (id),
    email TEXT COLLATE "C" NOT NULL,
    set_at BIGINT NOT NULL
);

-- Addresses that get no mails about alarms, because their owners stopped them. Mails to accounts are not affected.
CREATE TABLE stopped_mails (
    email TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    stopped_at BIGINT NOT NULL
);

-- Which mails go to contacts about an alarm, and on behalf of whom. The contact is named by the number, as in the texts.
CREATE TABLE contact_mails (
    mail_id BIGINT NOT NULL PRIMARY KEY REFERENCES mails (id),
    deadline_id BIGINT NOT NULL REFERENCES deadlines (id),
    user_id BIGINT NOT NULL REFERENCES users (id),
    phone TEXT COLLATE "C" NOT NULL,
    email TEXT COLLATE "C" NOT NULL,
    -- alert, more, end.
    kind TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX contact_mails_deadline ON contact_mails (deadline_id);
CREATE INDEX contact_mails_user ON contact_mails (user_id);
-- How many mails that are no numbered alert an address got lately.
CREATE INDEX contact_mails_more ON contact_mails (email, created_at) WHERE kind = 'more';
