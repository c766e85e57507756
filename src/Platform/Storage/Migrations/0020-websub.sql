-- One subscription a source. next_at is when to ask the hub (again); pending_until is how long its question back is expected.
create table hub_subscriptions (
    source_id text primary key,
    hub text not null,
    topic text not null,
    secret text not null,
    attempts bigint not null,
    next_at bigint not null,
    pending_until bigint,
    lease_until bigint
);
create index hub_subscriptions_by_next on hub_subscriptions (next_at);
