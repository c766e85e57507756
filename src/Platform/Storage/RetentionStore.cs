namespace ThreatWatch.Platform.Storage;

/// <summary>Deletes the texts of posts whose days are over and keeps a certificate of it. Posts in an alert or on legal hold stay.</summary>
public sealed class RetentionStore(Database database)
{
    private const string Due =
        "p.source_id = @source and p.ingested_at < @before and p.text is not null "
        + "and not exists (select 1 from alert_posts j where j.post_id = p.id) and not " + LegalHoldStore.Covered;

    /// <summary>All sources that posts were stored of, those no longer configured too.</summary>
    public async Task<IReadOnlyList<string>> SourcesAsync(CancellationToken cancellationToken) =>
        await database.QueryAsync("select distinct source_id from posts order by source_id", reader => reader.GetString(0), cancellationToken);

    public Task<long> CountDueAsync(string sourceId, DateTimeOffset before, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.CountAsync($"select count(*) from posts p where {Due}", cancellationToken, ("@source", sourceId), ("@before", before), ("@now", now));

    /// <summary>Texts whose days are over and which a legal hold keeps.</summary>
    public Task<long> CountHeldAsync(string sourceId, DateTimeOffset before, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.CountAsync(
            $"select count(*) from posts p where p.source_id = @source and p.ingested_at < @before and p.text is not null and {LegalHoldStore.Covered}",
            cancellationToken,
            ("@source", sourceId),
            ("@before", before),
            ("@now", now));

    /// <summary>Empties up to <paramref name="most"/> posts, oldest first; returns their ids and when they were stored.</summary>
    public static async Task<IReadOnlyList<(string Id, DateTimeOffset IngestedAt)>> DeleteAsync(
        UnitOfWork work, string sourceId, DateTimeOffset before, DateTimeOffset now, int most, CancellationToken cancellationToken)
    {
        var due = await work.QueryAsync(
            $"select p.id, p.ingested_at from posts p where {Due} order by p.ingested_at limit @most",
            reader => (reader.GetString(0), reader.Instant(1)),
            cancellationToken,
            ("@source", sourceId),
            ("@before", before),
            ("@now", now),
            ("@most", most));
        if (due.Count == 0)
            return due;
        var ids = due.ConvertAll(row => row.Item1);
        await work.ExecuteAsync(
            $"update posts set text = null, title = null, author = null, url = null where {work.Dialect.In("id", "@ids")}",
            cancellationToken,
            ("@ids", work.Dialect.ListParameter(ids)));
        await AssessmentStore.RedactAsync(work, ids, cancellationToken);
        return due;
    }

    public static Task AddCertificateAsync(UnitOfWork work, RetentionCertificate certificate, CancellationToken cancellationToken) =>
        work.ExecuteAsync(
            "insert into retention_certificates (id, source_id, retention_days, deleted, oldest_at, newest_at, digest, ran_at) "
            + "values (@id, @source, @days, @deleted, @oldest, @newest, @digest, @ran)",
            cancellationToken,
            ("@id", certificate.Id),
            ("@source", certificate.SourceId),
            ("@days", certificate.RetentionDays),
            ("@deleted", certificate.Deleted),
            ("@oldest", certificate.OldestAt),
            ("@newest", certificate.NewestAt),
            ("@digest", certificate.Digest),
            ("@ran", certificate.RanAt));

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<RetentionCertificate>> CertificatesAsync(CancellationToken cancellationToken) =>
        await database.QueryAsync(
            "select id, source_id, retention_days, deleted, oldest_at, newest_at, digest, ran_at from retention_certificates order by ran_at desc, id desc",
            reader => new RetentionCertificate(
                reader.GetString(0), reader.GetString(1), reader.Int(2), reader.Int(3), reader.Instant(4), reader.Instant(5), reader.GetString(6), reader.Instant(7)),
            cancellationToken);
}

/// <summary>That texts were deleted: which source's, under which rule, how many, from when to when.</summary>
/// <param name="Digest">SHA-256 over the ids of the posts, one a line, in the order of their storage.</param>
public sealed record RetentionCertificate(
    string Id, string SourceId, int RetentionDays, int Deleted, DateTimeOffset OldestAt, DateTimeOffset NewestAt, string Digest, DateTimeOffset RanAt);
