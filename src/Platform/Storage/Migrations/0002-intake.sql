-- An account that is gone takes all of its posts along.
create index posts_by_author on posts (source_id, author);

-- Which process reads a source now, so that several share them.
create table source_leases (
    source_id text primary key,
    holder text not null,
    until_at bigint not null
);

-- What was deleted because its days were over: proof without the text.
create table retention_certificates (
    id text primary key,
    source_id text not null,
    retention_days bigint not null,
    deleted bigint not null,
    oldest_at bigint not null,
    newest_at bigint not null,
    digest text not null,
    ran_at bigint not null
);

-- Posts that must be kept whatever their days.
create table legal_holds (
    post_id text primary key,
    reason text not null,
    placed_by text not null,
    placed_at bigint not null
);

-- How each source does, for status and console.
create table source_states (
    source_id text primary key,
    read_at bigint not null,
    succeeded_at bigint,
    failing_since bigint,
    failures bigint not null,
    why text
);
