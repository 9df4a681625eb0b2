DROP TABLE admin_sessions;
DROP TABLE admin_recovery_codes;
DROP TABLE admins;
