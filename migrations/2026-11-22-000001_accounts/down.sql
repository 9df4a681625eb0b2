DROP TABLE email_challenges;
DROP TABLE password_resets;
DROP TABLE accounts;
