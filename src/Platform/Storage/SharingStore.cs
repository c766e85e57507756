namespace ThreatWatch.Platform.Storage;

/// <summary>The table of what was given to partners: a log beside the sharing, which people do by their own means.</summary>
public sealed class SharingStore(Database database)
{
    /// <summary>What of an alert can be given away.</summary>
    public static IReadOnlyList<string> Fields { get; } =
        ["level", "category", "school", "text", "author", "url", "publishedAt", "scores", "reasons", "disposition", "note", "timeline", "export"];

    /// <summary>What is wrong with a record of sharing, as a field of it and a sentence; null where nothing is.</summary>
    public static (string Field, string What)? Fault(string partner, string basis, IReadOnlyCollection<string> fields) =>
        string.IsNullOrWhiteSpace(partner) ? ("with", "a partner is needed")
        : string.IsNullOrWhiteSpace(basis) ? ("basis", "sharing needs a ground")
        : fields.Count == 0 ? ("fields", "nothing is named")
        : fields.FirstOrDefault(field => !Fields.Contains(field)) is { } unknown ? ("fields", $"\"{unknown}\" is not one of {string.Join(", ", Fields)}")
        : null;

    /// <summary>Records that fields of an alert were shared, with an entry in the audit; false where there is no such alert.</summary>
    public async Task<bool> AddAsync(string alertId, Share share, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(cancellationToken);
        var found = await work.QueryAsync("select id from alerts where id = @id", reader => reader.GetString(0), cancellationToken, ("@id", alertId));
        if (found.Count == 0)
            return false;
        await work.ExecuteAsync(
            "insert into shares (id, alert_id, partner, basis, fields, shared_by, shared_at) values (@id, @alert, @partner, @basis, @fields, @by, @at)",
            cancellationToken,
            ("@id", share.Id),
            ("@alert", alertId),
            ("@partner", share.Partner),
            ("@basis", share.Basis),
            ("@fields", Json.Write(share.Fields)),
            ("@by", share.SharedBy),
            ("@at", share.SharedAt));
        await AuditLog.AddAsync(
            work, share.SharedAt, share.SharedBy, "alert.shared", alertId, $"{string.Join(", ", share.Fields)} with {share.Partner}: {share.Basis}", cancellationToken);
        await work.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>What was shared of an alert, oldest first.</summary>
    public async Task<IReadOnlyList<Share>> OfAlertAsync(string alertId, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            "select id, partner, basis, fields, shared_by, shared_at from shares where alert_id = @id order by shared_at, id",
            reader => new Share(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), Json.Read<List<string>>(reader.GetString(3)), reader.GetString(4), reader.Instant(5)),
            cancellationToken,
            ("@id", alertId));
}

/// <summary>That something was given to a partner.</summary>
/// <param name="Partner">An office rather than a person: "county sheriff".</param>
/// <param name="Basis">The law, agreement or consent that allows it.</param>
public sealed record Share(string Id, string Partner, string Basis, IReadOnlyList<string> Fields, string SharedBy, DateTimeOffset SharedAt);
