DROP TABLE contacts;
DROP TABLE check_ins;
DROP TABLE users;
