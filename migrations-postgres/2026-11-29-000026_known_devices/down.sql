SET LOCAL lock_timeout = '2s';

DROP TABLE known_devices;
