using System.Data.Common;

namespace ThreatWatch.Platform.Storage;

/// <summary>The few places where SQLite and PostgreSQL differ; all other SQL is the same text for both.</summary>
public interface ISqlDialect
{
    /// <summary>Appended to a select of rows to work on, so that two processes never take the same one.</summary>
    string SkipLocked { get; }

    /// <summary>Appended to a select of rows that nobody else may change until the transaction ends.</summary>
    string Locked { get; }

    /// <summary>True where only one process works on the database: what is under way when it starts has nobody left who does it.</summary>
    bool IsForOneProcess { get; }

    /// <summary>Variables of the migration scripts: identity columns and the like.</summary>
    IReadOnlyDictionary<string, string> MigrationVariables { get; }

    /// <summary>A connection that is open and set up.</summary>
    ValueTask<DbConnection> OpenAsync(CancellationToken cancellationToken);

    /// <summary>A transaction that may write; on SQLite it waits for its turn among the writers of this process.</summary>
    /// <param name="outlivesPowerCut">False for what may be forgotten in a power cut, though never in a crash of ours: its commit need not wait for the disk.</param>
    ValueTask<(DbConnection Connection, DbTransaction Transaction, IDisposable Turn)> BeginAsync(bool outlivesPowerCut, CancellationToken cancellationToken);

    /// <summary>"column is one of a list": use with <see cref="ListParameter(IReadOnlyList{string})"/>.</summary>
    string In(string column, string parameter);

    object ListParameter(IReadOnlyList<string> values);

    object ListParameter(IReadOnlyList<long> values);

    /// <summary>Inserts rows in few round trips and passes over those whose key is there; returns the keys that are new.</summary>
    Task<IReadOnlySet<string>> InsertManyAsync<TRow>(
        UnitOfWork work, InsertPlan<TRow> plan, IReadOnlyList<TRow> rows, CancellationToken cancellationToken);

    /// <summary>Runs one statement with many sets of parameters, in order and in few round trips; returns the rows that each changed.</summary>
    Task<IReadOnlyList<int>> ExecuteManyAsync(
        UnitOfWork work, string sql, IReadOnlyList<(string Name, object? Value)[]> sets, CancellationToken cancellationToken);

    /// <summary>Brings the schema up to date; safe when several processes start at once.</summary>
    void Migrate();

    /// <summary>True for errors that pass by themselves: a lost connection, a server that is starting, a busy file.</summary>
    bool IsTransient(Exception exception);
}

/// <summary>How rows of a type go into a table.</summary>
/// <param name="Table">The table's name.</param>
/// <param name="Key">The column whose new values are returned.</param>
/// <param name="Columns">Name, type of the value (string, long, double or bool) and how to take it from a row.</param>
public sealed record InsertPlan<TRow>(string Table, string Key, IReadOnlyList<InsertColumn<TRow>> Columns);

/// <summary>One column of an <see cref="InsertPlan{TRow}"/>.</summary>
public sealed record InsertColumn<TRow>(string Name, Type Type, Func<TRow, object?> Value);
