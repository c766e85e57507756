using System.Data.Common;

namespace ThreatWatch.Platform.Storage;

/// <summary>The few places where SQLite and PostgreSQL differ; all other SQL is the same text for both.</summary>
public interface ISqlDialect
{
    /// <summary>Appended to a select of rows to work on, so that two processes never take the same one.</summary>
    string SkipLocked { get; }

    /// <summary>Variables of the migration scripts: identity columns and the like.</summary>
    IReadOnlyDictionary<string, string> MigrationVariables { get; }

    /// <summary>A connection that is open and set up.</summary>
    ValueTask<DbConnection> OpenAsync(CancellationToken cancellationToken);

    /// <summary>A transaction that may write; on SQLite it waits for its turn among the writers of this process.</summary>
    ValueTask<(DbConnection Connection, DbTransaction Transaction, IDisposable Turn)> BeginAsync(CancellationToken cancellationToken);

    /// <summary>"column is one of a list": use with <see cref="ListParameter"/>.</summary>
    string In(string column, string parameter);

    object ListParameter(IReadOnlyList<string> values);

    /// <summary>Inserts rows in few round trips and passes over those whose key is there; returns the keys that are new.</summary>
    Task<IReadOnlySet<string>> InsertManyAsync<TRow>(
        UnitOfWork work, InsertPlan<TRow> plan, IReadOnlyList<TRow> rows, CancellationToken cancellationToken);

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
