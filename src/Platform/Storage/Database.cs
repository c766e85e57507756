using System.Data.Common;

namespace ThreatWatch.Platform.Storage;

/// <summary>The one door to the database: transactions for what is decided, plain reads for what is shown.</summary>
public sealed class Database(ISqlDialect dialect)
{
    public ISqlDialect Dialect { get; } = dialect;

    /// <summary>Opens the configured database; nothing is connected yet.</summary>
    /// <param name="options">Section "storage".</param>
    /// <param name="configFolder">What a relative path is relative to.</param>
    public static Database Open(StorageOptions options, string configFolder) => new(options.Provider switch
    {
        StorageProvider.PostgreSql => new PostgresDialect(options.Connection.Reveal()),
        _ => new SqliteDialect(Path.GetFullPath(options.Path, configFolder)),
    });

    /// <summary>Begins a transaction; without <see cref="UnitOfWork.CommitAsync"/> it is rolled back.</summary>
    public Task<UnitOfWork> BeginAsync(CancellationToken cancellationToken) => BeginAsync(true, cancellationToken);

    /// <summary>The same for what a power cut may undo because it is then merely done again, such as a lease: its commit does not wait for the disk.</summary>
    public Task<UnitOfWork> BeginPassingAsync(CancellationToken cancellationToken) => BeginAsync(false, cancellationToken);

    private async Task<UnitOfWork> BeginAsync(bool outlivesPowerCut, CancellationToken cancellationToken)
    {
        var (connection, transaction, turn) = await Dialect.BeginAsync(outlivesPowerCut, cancellationToken);
        return new UnitOfWork(Dialect, connection, transaction, turn);
    }

    /// <summary>One read outside of a transaction.</summary>
    public async Task<List<T>> QueryAsync<T>(
        string sql, Func<DbDataReader, T> map, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
    {
        await using var connection = await Dialect.OpenAsync(cancellationToken);
        return await Sql.QueryAsync(connection, null, sql, map, cancellationToken, parameters);
    }

    /// <summary>One number outside of a transaction; 0 for null.</summary>
    public async Task<long> CountAsync(string sql, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
    {
        var rows = await QueryAsync(sql, reader => reader.IsDBNull(0) ? 0 : Convert.ToInt64(reader.GetValue(0), null), cancellationToken, parameters);
        return rows.Count == 0 ? 0 : rows[0];
    }

    /// <summary>One statement in a transaction of its own; returns the rows it changed.</summary>
    public async Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
    {
        await using var work = await BeginAsync(cancellationToken);
        var changed = await work.ExecuteAsync(sql, cancellationToken, parameters);
        await work.CommitAsync(cancellationToken);
        return changed;
    }
}
