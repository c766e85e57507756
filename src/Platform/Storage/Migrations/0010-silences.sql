-- A silence keeps an alert from being told while it lasts; what is still open then is told after it.
create table silences (
    id text primary key,
    school_id text,
    category text,
    fingerprint text,
    holds_critical boolean not null,
    from_at bigint not null,
    until_at bigint not null,
    reason text not null,
    made_by text not null,
    made_at bigint not null
);
create index silences_by_until on silences (until_at);
