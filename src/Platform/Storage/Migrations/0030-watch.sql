-- What is wrong with the chain itself and what its operators were told of it; a row leaves with the all-clear.
create table watch_troubles (
    key text primary key,
    what text not null,
    since_at bigint not null,
    seen_at bigint not null,
    told_at bigint,
    tellings bigint not null,
    -- While a process tells of it; after a crash another one takes over then.
    telling_until bigint
);
