-- Legal holds: while one is in force, posts within its scope keep their texts whatever their days. Null in a part of the scope is "any".
create table holds (
    id text primary key,
    source_id text,
    school_id text,
    post_id text,
    reason text not null,
    placed_by text not null,
    placed_at bigint not null,
    until_at bigint,
    ended_at bigint
);
insert into holds (id, post_id, reason, placed_by, placed_at) select post_id, post_id, reason, placed_by, placed_at from legal_holds;
drop table legal_holds;
