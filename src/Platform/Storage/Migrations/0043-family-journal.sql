-- Near-duplicates become one family whichever process reads them: who stores new posts takes a turn, which is a lock until the commit,
-- and learns first what the others stored since his last one.
create table family_turn (
    id bigint primary key,
    turn bigint not null
);
insert into family_turn (id, turn) values (1, 0);

create table family_journal (
    turn bigint primary key,
    writer text not null,
    stored text not null,
    forgotten text not null,
    written_at bigint not null
);
