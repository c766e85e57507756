-- Authors of whom it was asked whether their posts may be shown to people who are not logged in.
create table author_checks (
    source_id text not null,
    author text not null,
    checked_at bigint not null,
    opted_out boolean not null,
    primary key (source_id, author)
);
