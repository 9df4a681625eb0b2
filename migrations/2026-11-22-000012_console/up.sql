-- The console's figures, kept by triggers in the commit of what they count, so that no page ever counts messages.
CREATE TABLE message_hours (
    -- created_at in whole hours since 1970 UTC.
    hour BIGINT NOT NULL,
    direction TEXT NOT NULL,
    state TEXT NOT NULL,
    messages BIGINT NOT NULL,
    segments BIGINT NOT NULL,
    -- Segments sent whose price is not known yet.
    unpriced_segments BIGINT NOT NULL,
    PRIMARY KEY (hour, direction, state)
);

CREATE TABLE cost_hours (
    hour BIGINT NOT NULL,
    currency TEXT NOT NULL,
    micros BIGINT NOT NULL,
    PRIMARY KEY (hour, currency)
);

CREATE TRIGGER messages_counted AFTER INSERT ON messages
BEGIN
    INSERT INTO message_hours (hour, direction, state, messages, segments, unpriced_segments)
    VALUES (NEW.created_at / 3600000000, NEW.direction, NEW.state, 1, NEW.segments,
            CASE WHEN NEW.direction = 'out' AND NEW.price_micros IS NULL THEN NEW.segments ELSE 0 END)
    ON CONFLICT (hour, direction, state) DO UPDATE SET
        messages = messages + 1,
        segments = segments + excluded.segments,
        unpriced_segments = unpriced_segments + excluded.unpriced_segments;
END;

CREATE TRIGGER messages_recounted AFTER UPDATE OF state, segments, price_micros ON messages
WHEN OLD.state IS NOT NEW.state OR OLD.segments IS NOT NEW.segments OR OLD.price_micros IS NOT NEW.price_micros
BEGIN
    UPDATE message_hours SET
        messages = messages - 1,
        segments = segments - OLD.segments,
        unpriced_segments = unpriced_segments
            - CASE WHEN OLD.direction = 'out' AND OLD.price_micros IS NULL THEN OLD.segments ELSE 0 END
    WHERE hour = OLD.created_at / 3600000000 AND direction = OLD.direction AND state = OLD.state;
    INSERT INTO message_hours (hour, direction, state, messages, segments, unpriced_segments)
    VALUES (NEW.created_at / 3600000000, NEW.direction, NEW.state, 1, NEW.segments,
            CASE WHEN NEW.direction = 'out' AND NEW.price_micros IS NULL THEN NEW.segments ELSE 0 END)
    ON CONFLICT (hour, direction, state) DO UPDATE SET
        messages = messages + 1,
        segments = segments + excluded.segments,
        unpriced_segments = unpriced_segments + excluded.unpriced_segments;
END;

CREATE TRIGGER messages_priced AFTER UPDATE OF price_micros ON messages
WHEN NEW.price_micros IS NOT NULL AND NEW.price_currency IS NOT NULL AND OLD.price_micros IS NOT NEW.price_micros
BEGIN
    INSERT INTO cost_hours (hour, currency, micros)
    VALUES (NEW.created_at / 3600000000, NEW.price_currency, NEW.price_micros - coalesce(OLD.price_micros, 0))
    ON CONFLICT (hour, currency) DO UPDATE SET micros = micros + excluded.micros;
END;

CREATE INDEX messages_error ON messages (error_code, id) WHERE error_code IS NOT NULL;
CREATE INDEX messages_unsent ON messages (created_at) WHERE state IN ('queued', 'sending');
CREATE INDEX users_trail_name ON users (trail_name COLLATE NOCASE);
CREATE INDEX users_route ON users (route_id, id);
