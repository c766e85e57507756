namespace ThreatWatch.Platform.Storage;

/// <summary>Tells the ingest processes of each other's posts, one after the other, so that two of them never make two families of one text.</summary>
public sealed class FamilyJournal(Database database)
{
    // Longer than any process sleeps; one that did makes its index anew.
    public static readonly TimeSpan Kept = TimeSpan.FromDays(1);
    private const int PurgeEvery = 500;

    /// <summary>The last turn that was committed.</summary>
    public async Task<long> LastTurnAsync(CancellationToken cancellationToken) => await database.CountAsync("select turn from family_turn", cancellationToken);

    /// <summary>Takes the next turn; other processes wait for theirs until this transaction ends.</summary>
    public static async Task<long> TakeTurnAsync(UnitOfWork work, CancellationToken cancellationToken) =>
        (await work.QueryAsync("update family_turn set turn = turn + 1 where id = 1 returning turn", reader => reader.GetInt64(0), cancellationToken))[0];

    /// <summary>What others wrote after a turn, in order.</summary>
    public static async Task<IReadOnlyList<FamilyEntry>> SinceAsync(UnitOfWork work, long turn, string writer, CancellationToken cancellationToken) =>
        await work.QueryAsync(
            "select stored, forgotten from family_journal where turn > @turn and writer <> @writer order by turn",
            reader => new FamilyEntry(Json.Read<List<string>>(reader.GetString(0)), Json.Read<List<string>>(reader.GetString(1))),
            cancellationToken,
            ("@turn", turn),
            ("@writer", writer));

    /// <summary>Writes what a transaction stored and forgot, under the turn that it took.</summary>
    public static async Task WriteAsync(UnitOfWork work, long turn, string writer, FamilyEntry entry, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await work.ExecuteAsync(
            "insert into family_journal (turn, writer, stored, forgotten, written_at) values (@turn, @writer, @stored, @forgotten, @now)",
            cancellationToken,
            ("@turn", turn),
            ("@writer", writer),
            ("@stored", Json.Write(entry.Stored)),
            ("@forgotten", Json.Write(entry.Forgotten)),
            ("@now", now));
        if (turn % PurgeEvery == 0)
            await work.ExecuteAsync("delete from family_journal where written_at < @old", cancellationToken, ("@old", now - Kept));
    }
}

/// <summary>Ids of posts that a transaction stored, and of posts whose text went.</summary>
public sealed record FamilyEntry(IReadOnlyList<string> Stored, IReadOnlyList<string> Forgotten);
