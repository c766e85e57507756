using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Platform.Queue;

/// <summary>Messages that could not be handled, kept with the reason until a person redelivers or drops them.</summary>
public sealed class DeadLetters(Database database, Outbox outbox, TimeProvider time)
{
    public Task AddAsync(UnitOfWork work, Delivery delivery, string reason, CancellationToken cancellationToken) =>
        work.ExecuteAsync(
            "insert into dead_letters (topic, body, reason, attempts, died_at) values (@topic, @body, @reason, @attempts, @now)",
            cancellationToken,
            ("@topic", delivery.Topic),
            ("@body", delivery.Body),
            ("@reason", reason),
            ("@attempts", delivery.Attempt),
            ("@now", time.GetUtcNow()));

    public Task<long> CountAsync(CancellationToken cancellationToken) => database.CountAsync("select count(*) from dead_letters", cancellationToken);

    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<DeadLetter>> ListAsync(int most, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            "select id, topic, body, reason, attempts, died_at from dead_letters order by id desc limit @most",
            reader => new DeadLetter(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.Int(4), reader.Instant(5)),
            cancellationToken,
            ("@most", most));

    /// <summary>Sends all (or one) on their way again, as new; returns how many.</summary>
    public async Task<int> RedeliverAsync(long? id, CancellationToken cancellationToken)
    {
        await using var work = await database.BeginAsync(cancellationToken);
        var letters = await work.QueryAsync(
            "delete from dead_letters where cast(@id as bigint) is null or id = @id returning topic, body",
            reader => (Topic: reader.GetString(0), Body: reader.GetString(1)),
            cancellationToken,
            ("@id", id));
        foreach (var (topic, body) in letters)
            await outbox.AddAsync(work, topic, body, 0, TimeSpan.Zero, null, cancellationToken);
        await work.CommitAsync(cancellationToken);
        return letters.Count;
    }
}

/// <summary>A message that was put aside.</summary>
public sealed record DeadLetter(long Id, string Topic, string Body, string Reason, int Attempts, DateTimeOffset DiedAt);
