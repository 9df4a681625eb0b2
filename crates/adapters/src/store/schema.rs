// @generated automatically by Diesel CLI.

diesel::table! {
    accounts (id) {
        id -> BigInt,
        tag -> Binary,
        email -> Text,
        email_verified_at -> Nullable<BigInt>,
        password_hash -> Nullable<Text>,
        claimed_phone -> Nullable<Text>,
        disabled_at -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
        revision -> BigInt,
    }
}

diesel::table! {
    admin_recovery_codes (id) {
        id -> BigInt,
        admin_id -> BigInt,
        digest -> Binary,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    admin_sessions (id) {
        id -> BigInt,
        admin_id -> BigInt,
        digest -> Binary,
        complete -> Bool,
        created_at -> BigInt,
        last_seen_at -> BigInt,
        expires_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    admins (id) {
        id -> BigInt,
        tag -> Binary,
        name -> Text,
        role -> Text,
        password_hash -> Text,
        totp_sealed -> Nullable<Binary>,
        totp_key -> Nullable<Text>,
        totp_last_step -> Nullable<BigInt>,
        disabled_at -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
        revision -> BigInt,
    }
}

diesel::table! {
    alarm_contacts (alarm_id, phone) {
        alarm_id -> BigInt,
        phone -> Text,
        name -> Text,
        alerted_at -> BigInt,
        acting_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    alarms (id) {
        id -> BigInt,
        deadline_id -> BigInt,
        opened_at -> BigInt,
        claims -> BigInt,
        acting_phone -> Nullable<Text>,
        acting_since -> Nullable<BigInt>,
        closed_at -> Nullable<BigInt>,
        lapsed_phone -> Nullable<Text>,
        lapsed_since -> Nullable<BigInt>,
        asked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    audit_anchor (id) {
        id -> BigInt,
        last_id -> BigInt,
        hash -> Binary,
    }
}

diesel::table! {
    audit_log (id) {
        id -> BigInt,
        at -> BigInt,
        actor -> Text,
        action -> Text,
        subject -> Text,
        detail -> Text,
        hash -> Binary,
    }
}

diesel::table! {
    calls (id) {
        id -> BigInt,
        tag -> Binary,
        deadline_id -> Nullable<BigInt>,
        user_id -> Nullable<BigInt>,
        phone -> Text,
        state -> Text,
        status -> Nullable<Text>,
        words -> Nullable<Text>,
        sid -> Nullable<Text>,
        pressed -> Nullable<Text>,
        error_code -> Nullable<Text>,
        attempts -> BigInt,
        ambiguous_attempts -> BigInt,
        next_attempt_at -> Nullable<BigInt>,
        lease_until -> Nullable<BigInt>,
        lease_tag -> Nullable<Binary>,
        expires_at -> BigInt,
        state_at -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    check_ins (id) {
        id -> BigInt,
        tag -> Binary,
        user_id -> BigInt,
        route_id -> Text,
        camp_code -> Text,
        camp_name -> Text,
        source -> Text,
        at -> BigInt,
        announced -> Bool,
        contacts_told -> BigInt,
        before_code -> Nullable<Text>,
        before_at -> Nullable<BigInt>,
        taken_back_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    contact_emails (contact_id) {
        contact_id -> BigInt,
        email -> Text,
        set_at -> BigInt,
    }
}

diesel::table! {
    contact_mails (mail_id) {
        mail_id -> BigInt,
        deadline_id -> BigInt,
        user_id -> BigInt,
        phone -> Text,
        email -> Text,
        kind -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    contacts (id) {
        id -> BigInt,
        user_id -> BigInt,
        phone -> Text,
        name -> Text,
        created_at -> BigInt,
        trouble -> Nullable<Text>,
        heard_text -> Nullable<BigInt>,
        ready_at -> Nullable<BigInt>,
        ready_sid -> Nullable<Text>,
    }
}

diesel::table! {
    conversations (id) {
        id -> BigInt,
        phone -> Text,
        state -> Text,
        trail_name -> Nullable<Text>,
        expires_at -> BigInt,
        updated_at -> BigInt,
        revision -> BigInt,
    }
}

diesel::table! {
    cost_hours (hour, currency) {
        hour -> BigInt,
        currency -> Text,
        micros -> BigInt,
    }
}

diesel::table! {
    counters (scope, key) {
        scope -> Text,
        key -> Binary,
        count -> BigInt,
        window_started_at -> BigInt,
        updated_at -> BigInt,
        forget_at -> BigInt,
    }
}

diesel::table! {
    deadline_stages (deadline_id, stage) {
        deadline_id -> BigInt,
        stage -> Text,
        due_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
        outcome -> Nullable<Text>,
        late -> Nullable<BigInt>,
    }
}

diesel::table! {
    deadlines (id) {
        id -> BigInt,
        tag -> Binary,
        user_id -> BigInt,
        kind -> Text,
        phone -> Text,
        route_id -> Text,
        zone -> Text,
        due_at -> BigInt,
        set_at -> BigInt,
        set_by -> Text,
        delay -> Nullable<BigInt>,
        text_id -> Nullable<BigInt>,
        state -> Text,
        closed_at -> Nullable<BigInt>,
        closed_how -> Nullable<Text>,
        closed_by -> Nullable<Text>,
        replaces_id -> Nullable<BigInt>,
        next_due_at -> Nullable<BigInt>,
        revision -> BigInt,
        words -> Nullable<Text>,
        restored_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    email_challenges (id) {
        id -> BigInt,
        account_id -> BigInt,
        email -> Text,
        digest -> Binary,
        created_at -> BigInt,
        expires_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    forecast_orders (lat, lon) {
        lat -> BigInt,
        lon -> BigInt,
        height -> Nullable<BigInt>,
        of_route -> Bool,
        waited -> Bool,
        ordered_at -> BigInt,
        again_at -> BigInt,
    }
}

diesel::table! {
    forecast_requests (tag) {
        tag -> Binary,
        user_id -> BigInt,
        phone -> Text,
        asked -> Text,
        asked_at -> BigInt,
        due_at -> BigInt,
    }
}

diesel::table! {
    forecasts (lat, lon, source) {
        lat -> BigInt,
        lon -> BigInt,
        source -> Text,
        run_at -> BigInt,
        fetched_at -> BigInt,
        checked_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        tag -> Nullable<Text>,
        ground -> Nullable<BigInt>,
        hours -> Text,
    }
}

diesel::table! {
    idempotency_keys (id) {
        id -> BigInt,
        owner -> Text,
        route -> Text,
        key -> Text,
        request_digest -> Binary,
        status -> BigInt,
        answer -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    inbound_sids (sid) {
        sid -> Text,
        digest -> Binary,
        token_fingerprint -> Binary,
        message_id -> Nullable<BigInt>,
        received_at -> BigInt,
    }
}

diesel::table! {
    informed_contacts (deadline_id, phone) {
        deadline_id -> BigInt,
        phone -> Text,
        due_at -> BigInt,
    }
}

diesel::table! {
    key_ring_ids (key_id) {
        key_id -> Text,
        purpose -> Text,
        first_seen_at -> BigInt,
        dropped_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    known_devices (id) {
        id -> BigInt,
        account_id -> BigInt,
        digest -> Binary,
        user_agent -> Nullable<Text>,
        session_id -> BigInt,
        created_at -> BigInt,
        last_used_at -> BigInt,
    }
}

diesel::table! {
    mails (id) {
        id -> BigInt,
        tag -> Binary,
        account_id -> Nullable<BigInt>,
        recipient -> Text,
        subject -> Text,
        state -> Text,
        body -> Nullable<Text>,
        sealed -> Nullable<Binary>,
        sealed_key -> Nullable<Text>,
        sealed_until -> Nullable<BigInt>,
        error -> Nullable<Text>,
        attempts -> BigInt,
        ambiguous_attempts -> BigInt,
        next_attempt_at -> Nullable<BigInt>,
        lease_until -> Nullable<BigInt>,
        lease_tag -> Nullable<Binary>,
        expires_at -> BigInt,
        state_at -> BigInt,
        created_at -> BigInt,
        class -> Text,
        is_page -> Bool,
    }
}

diesel::table! {
    message_hours (hour, direction, state) {
        hour -> BigInt,
        direction -> Text,
        state -> Text,
        messages -> BigInt,
        segments -> BigInt,
        unpriced_segments -> BigInt,
    }
}

diesel::table! {
    messages (id) {
        id -> BigInt,
        tag -> Binary,
        direction -> Text,
        phone -> Text,
        our_number -> Nullable<Text>,
        user_id -> Nullable<BigInt>,
        cause_id -> Nullable<BigInt>,
        class -> Nullable<Text>,
        state -> Text,
        command -> Nullable<Text>,
        body -> Nullable<Text>,
        sealed -> Nullable<Binary>,
        sealed_key -> Nullable<Text>,
        sealed_until -> Nullable<BigInt>,
        provider_sid -> Nullable<Text>,
        segments -> BigInt,
        price_micros -> Nullable<BigInt>,
        price_currency -> Nullable<Text>,
        error_code -> Nullable<Text>,
        attempts -> BigInt,
        ambiguous_attempts -> BigInt,
        not_before -> Nullable<BigInt>,
        next_attempt_at -> Nullable<BigInt>,
        lease_until -> Nullable<BigInt>,
        lease_tag -> Nullable<Binary>,
        expires_at -> Nullable<BigInt>,
        state_at -> BigInt,
        reread_at -> Nullable<BigInt>,
        rereads -> BigInt,
        created_at -> BigInt,
        deadline_id -> Nullable<BigInt>,
        texted_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    no_calls (phone) {
        phone -> Text,
        asked_at -> BigInt,
    }
}

diesel::table! {
    opt_outs (id) {
        id -> BigInt,
        phone -> Text,
        source -> Text,
        started_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    page_events (event) {
        event -> Text,
        page -> Binary,
        told_at -> BigInt,
    }
}

diesel::table! {
    pages (id) {
        id -> BigInt,
        tag -> Binary,
        kind -> Text,
        title -> Text,
        body -> Text,
        link -> Text,
        state -> Text,
        error -> Nullable<Text>,
        attempts -> BigInt,
        ambiguous_attempts -> BigInt,
        next_attempt_at -> Nullable<BigInt>,
        lease_until -> Nullable<BigInt>,
        lease_tag -> Nullable<Binary>,
        expires_at -> BigInt,
        state_at -> BigInt,
        created_at -> BigInt,
    }
}

diesel::table! {
    password_resets (id) {
        id -> BigInt,
        account_id -> BigInt,
        email -> Text,
        digest -> Binary,
        created_at -> BigInt,
        expires_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    pending_actions (id) {
        id -> BigInt,
        tag -> Binary,
        phone -> Text,
        kind -> Text,
        account_id -> BigInt,
        word_set_id -> Nullable<BigInt>,
        mac -> Binary,
        mac_key -> Text,
        guesses -> BigInt,
        created_at -> BigInt,
        expires_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        end_reason -> Nullable<Text>,
    }
}

diesel::table! {
    phone_codes (id) {
        id -> BigInt,
        tag -> Binary,
        account_id -> BigInt,
        phone -> Text,
        mac -> Binary,
        mac_key -> Text,
        guesses -> BigInt,
        created_at -> BigInt,
        expires_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        end_reason -> Nullable<Text>,
    }
}

diesel::table! {
    phone_links (id) {
        id -> BigInt,
        account_id -> BigInt,
        phone -> Text,
        started_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        end_reason -> Nullable<Text>,
    }
}

diesel::table! {
    phone_word_sets (id) {
        id -> BigInt,
        tag -> Binary,
        account_id -> BigInt,
        mac -> Binary,
        mac_key -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        end_reason -> Nullable<Text>,
    }
}

diesel::table! {
    reception (id) {
        id -> BigInt,
        alive_at -> BigInt,
        read_to -> Nullable<BigInt>,
    }
}

diesel::table! {
    refresh_tokens (id) {
        id -> BigInt,
        session_id -> BigInt,
        generation -> BigInt,
        digest -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    sessions (id) {
        id -> BigInt,
        tag -> Binary,
        account_id -> BigInt,
        user_agent -> Nullable<Text>,
        created_at -> BigInt,
        last_seen_at -> BigInt,
        expires_at -> BigInt,
        idle_expires_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        end_reason -> Nullable<Text>,
        generation -> BigInt,
        used_generation -> BigInt,
        successor -> Nullable<Binary>,
        revision -> BigInt,
    }
}

diesel::table! {
    status_callbacks (id) {
        id -> BigInt,
        sid -> Text,
        status -> Text,
        error_code -> Text,
        received_at -> BigInt,
        applied -> Bool,
    }
}

diesel::table! {
    stopped_mails (email) {
        email -> Text,
        stopped_at -> BigInt,
    }
}

diesel::table! {
    trip_plans (deadline_id) {
        deadline_id -> BigInt,
        party -> Nullable<BigInt>,
        vehicle -> Text,
        gear -> Text,
        plan -> Text,
        notes -> Text,
    }
}

diesel::table! {
    users (id) {
        id -> BigInt,
        tag -> Binary,
        phone -> Text,
        account_id -> Nullable<BigInt>,
        last_account_id -> Nullable<BigInt>,
        trail_name -> Text,
        route_id -> Text,
        position_code -> Nullable<Text>,
        position_at -> Nullable<BigInt>,
        started_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        end_reason -> Nullable<Text>,
        created_at -> BigInt,
        updated_at -> BigInt,
        revision -> BigInt,
        shows_number -> Bool,
    }
}

diesel::joinable!(admin_recovery_codes -> admins (admin_id));
diesel::joinable!(admin_sessions -> admins (admin_id));
diesel::joinable!(alarm_contacts -> alarms (alarm_id));
diesel::joinable!(alarms -> deadlines (deadline_id));
diesel::joinable!(calls -> deadlines (deadline_id));
diesel::joinable!(calls -> users (user_id));
diesel::joinable!(check_ins -> users (user_id));
diesel::joinable!(contact_emails -> contacts (contact_id));
diesel::joinable!(contact_mails -> deadlines (deadline_id));
diesel::joinable!(contact_mails -> mails (mail_id));
diesel::joinable!(contact_mails -> users (user_id));
diesel::joinable!(contacts -> users (user_id));
diesel::joinable!(deadline_stages -> deadlines (deadline_id));
diesel::joinable!(deadlines -> users (user_id));
diesel::joinable!(email_challenges -> accounts (account_id));
diesel::joinable!(forecast_requests -> users (user_id));
diesel::joinable!(informed_contacts -> deadlines (deadline_id));
diesel::joinable!(known_devices -> accounts (account_id));
diesel::joinable!(mails -> accounts (account_id));
diesel::joinable!(messages -> users (user_id));
diesel::joinable!(password_resets -> accounts (account_id));
diesel::joinable!(pending_actions -> accounts (account_id));
diesel::joinable!(pending_actions -> phone_word_sets (word_set_id));
diesel::joinable!(phone_codes -> accounts (account_id));
diesel::joinable!(phone_links -> accounts (account_id));
diesel::joinable!(phone_word_sets -> accounts (account_id));
diesel::joinable!(refresh_tokens -> sessions (session_id));
diesel::joinable!(sessions -> accounts (account_id));
diesel::joinable!(trip_plans -> deadlines (deadline_id));
diesel::joinable!(users -> accounts (account_id));

diesel::allow_tables_to_appear_in_same_query!(
    accounts,
    admin_recovery_codes,
    admin_sessions,
    admins,
    alarm_contacts,
    alarms,
    audit_anchor,
    audit_log,
    calls,
    check_ins,
    contact_emails,
    contact_mails,
    contacts,
    conversations,
    cost_hours,
    counters,
    deadline_stages,
    deadlines,
    email_challenges,
    forecast_orders,
    forecast_requests,
    forecasts,
    idempotency_keys,
    inbound_sids,
    informed_contacts,
    key_ring_ids,
    known_devices,
    mails,
    message_hours,
    messages,
    no_calls,
    opt_outs,
    page_events,
    pages,
    password_resets,
    pending_actions,
    phone_codes,
    phone_links,
    phone_word_sets,
    reception,
    refresh_tokens,
    sessions,
    status_callbacks,
    stopped_mails,
    trip_plans,
    users,
);
