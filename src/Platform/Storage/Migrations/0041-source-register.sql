-- The pace that a source was learned to have. learned is its reader's own business; quiet_after is what follows from it.
alter table source_states add column watched_since bigint;
alter table source_states add column last_new_at bigint;
alter table source_states add column newest_at bigint;
alter table source_states add column quiet_after bigint;
alter table source_states add column learned text;

-- The configured sources with their permissions, for the roles that do not read them.
create table source_register (
    source_id text primary key,
    name text not null,
    type text not null,
    place text not null,
    legal_basis text not null,
    permission text not null,
    reviewed_on text not null,
    review_due_on text not null,
    retention_days bigint not null
);
