DROP INDEX IF EXISTS messages_failed;
