-- Each drill with the instants of its hops. Of a scheduled one there is one for a school and an instant, however many processes run.
create table drills (
    post_id text primary key,
    school_id text not null,
    scheduled_at bigint,
    started_at bigint not null,
    within_seconds bigint not null,
    judged_at bigint,
    opened_at bigint,
    sent_at bigint,
    acknowledged_at bigint,
    acknowledged_by text,
    alert_id text,
    -- Running, Whole or Broken.
    outcome text not null,
    why text,
    told_at bigint,
    telling_until bigint,
    unique (school_id, scheduled_at)
);
create index drills_by_started on drills (started_at);
