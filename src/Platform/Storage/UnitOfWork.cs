using System.Data.Common;

namespace ThreatWatch.Platform.Storage;

/// <summary>
/// One database transaction and what follows it: facts, queue rows and settlements commit together or not at all, and what must
/// happen only once they are durable (acknowledging a delivery, waking a reader) runs after the commit.
/// </summary>
public sealed class UnitOfWork : IAsyncDisposable
{
    private readonly IDisposable _turn;
    private readonly List<Func<Task>> _afterCommit = [];

    internal UnitOfWork(ISqlDialect dialect, DbConnection connection, DbTransaction transaction, IDisposable turn)
    {
        Dialect = dialect;
        Connection = connection;
        Transaction = transaction;
        _turn = turn;
    }

    public ISqlDialect Dialect { get; }

    internal DbConnection Connection { get; }

    internal DbTransaction Transaction { get; }

    public Task<List<T>> QueryAsync<T>(
        string sql, Func<DbDataReader, T> map, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters) =>
        Sql.QueryAsync(Connection, Transaction, sql, map, cancellationToken, parameters);

    /// <summary>Runs a statement; returns the rows it changed.</summary>
    public Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters) =>
        Sql.ExecuteAsync(Connection, Transaction, sql, cancellationToken, parameters);

    public Task<IReadOnlyList<bool>> UpdateManyAsync<TRow>(UpdatePlan<TRow> plan, IReadOnlyList<TRow> rows, CancellationToken cancellationToken) =>
        rows.Count == 0 ? Task.FromResult<IReadOnlyList<bool>>([]) : Dialect.UpdateManyAsync(this, plan, rows, cancellationToken);

    public Task<IReadOnlySet<string>> InsertManyAsync<TRow>(InsertPlan<TRow> plan, IReadOnlyList<TRow> rows, CancellationToken cancellationToken) =>
        rows.Count == 0
            ? Task.FromResult<IReadOnlySet<string>>(new HashSet<string>())
            : Dialect.InsertManyAsync(this, plan, rows, cancellationToken);

    /// <summary>Runs after the commit, in order; dropped on a roll-back.</summary>
    public void AfterCommit(Func<Task> action) => _afterCommit.Add(action);

    /// <summary>Makes everything durable, then runs what waited for it.</summary>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        await Transaction.CommitAsync(cancellationToken);
        _turn.Dispose();
        foreach (var action in _afterCommit)
            await action();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Transaction.DisposeAsync();
            await Connection.DisposeAsync();
        }
        finally
        {
            _turn.Dispose();
        }
    }
}
