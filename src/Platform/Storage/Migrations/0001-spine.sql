-- Instants are microseconds since 1970, UTC. Lists and reasons are JSON. The same text runs on SQLite and PostgreSQL.
create table posts (
    id text primary key,
    source_id text not null,
    external_id text not null,
    revision bigint not null,
    title text,
    text text,
    url text,
    author text,
    published_at bigint not null,
    ingested_at bigint not null,
    schools text not null,
    content_hash text not null,
    family text not null,
    is_drill boolean not null,
    retracted_at bigint,
    unique (source_id, external_id, revision)
);
create index posts_by_ingested on posts (ingested_at);
create index posts_by_family on posts (family);

create table cursors (
    source_id text primary key,
    value text not null,
    saved_at bigint not null
);

create table queue (
    id $identity$,
    topic text not null,
    body text not null,
    attempts bigint not null,
    enqueued_at bigint not null,
    visible_at bigint not null,
    lease text,
    last_error text
);
create index queue_by_topic on queue (topic, visible_at);

create table dead_letters (
    id $identity$,
    topic text not null,
    body text not null,
    reason text not null,
    attempts bigint not null,
    died_at bigint not null
);

create table assessments (
    post_id text not null,
    level text not null,
    category text not null,
    threat double precision not null,
    self_harm double precision not null,
    reasons text not null,
    model_version text not null,
    rules_version text not null,
    language text not null,
    assessed_at bigint not null,
    shadow boolean not null,
    unique (post_id, model_version, rules_version)
);
create index assessments_by_level on assessments (level, assessed_at);

create table alerts (
    id text primary key,
    fingerprint text not null,
    school_id text not null,
    category text not null,
    level text not null,
    state text not null,
    first_post_id text not null,
    post_count bigint not null,
    author_count bigint not null,
    source_count bigint not null,
    is_drill boolean not null,
    -- What people were last told, so that a thousand reposts do not become a thousand messages.
    notified_at bigint not null,
    notified_posts bigint not null,
    evidence_round bigint not null,
    -- The escalation's cursor: the next step falls due at next_step_at; null once somebody has it.
    next_step bigint not null,
    next_round bigint not null,
    next_step_at bigint,
    opened_at bigint not null,
    last_post_at bigint not null,
    acknowledged_at bigint,
    acknowledged_by text,
    acknowledged_via text,
    closed_at bigint,
    closed_by text,
    disposition text,
    note text
);
create unique index alerts_one_open on alerts (fingerprint) where state <> 'Closed';
create index alerts_by_opened on alerts (opened_at);
create index alerts_by_next_step on alerts (next_step_at);

create table alert_posts (
    alert_id text not null,
    post_id text not null,
    level text not null,
    joined_at bigint not null,
    primary key (alert_id, post_id)
);
create index alert_posts_by_post on alert_posts (post_id);

create table notifications (
    id text primary key,
    alert_id text not null,
    step bigint not null,
    round bigint not null,
    officer_id text not null,
    channel text not null,
    reason text not null,
    state text not null,
    queued_at bigint not null,
    due_at bigint not null,
    attempt bigint not null,
    sending_at bigint,
    sent_at bigint,
    delivered_at bigint,
    opened_at bigint,
    provider_id text,
    error text,
    unique (alert_id, step, round, officer_id, channel, reason)
);
create index notifications_due on notifications (state, due_at);
create index notifications_by_alert on notifications (alert_id);
create index notifications_by_provider on notifications (provider_id);

create table notification_attempts (
    notification_id text not null,
    attempt bigint not null,
    began_at bigint not null,
    ended_at bigint,
    outcome text,
    detail text,
    primary key (notification_id, attempt)
);

create table audit (
    seq $identity$,
    at bigint not null,
    actor text not null,
    action text not null,
    subject text not null,
    detail text not null,
    previous text not null,
    hash text not null unique
);

create table heartbeats (
    role text not null,
    instance text not null,
    at bigint not null,
    detail text not null,
    primary key (role, instance)
);

create table counters (
    source_id text not null,
    day text not null,
    name text not null,
    value bigint not null,
    primary key (source_id, day, name)
);
