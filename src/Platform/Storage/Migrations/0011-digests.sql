-- One daily digest a person: "Sending" before the mail leaves, so that a crash neither loses nor doubles it.
create table digests (
    day text not null,
    officer_id text not null,
    state text not null,
    sending_at bigint not null,
    sent_at bigint,
    error text,
    primary key (day, officer_id)
);
