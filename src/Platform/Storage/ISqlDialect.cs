using System.Data.Common;

namespace ThreatWatch.Platform.Storage;

/// <summary>The few places where SQLite and PostgreSQL differ; all other SQL is the same text for both.</summary>
public interface ISqlDialect
{
    /// <summary>Appended to a select of rows to work on, so that two processes never take the same one.</summary>
    string SkipLocked { get; }

    /// <summary>The same where the select joins a second table, whose rows must stay as they are meanwhile but may be looked at by others in the same way.</summary>
    /// <param name="taken">By which name the rows to work on go in the select.</param>
    /// <param name="kept">By which name the others go.</param>
    string SkipLockedBeside(string taken, string kept);

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

    /// <summary>Inserts rows in their order and in few round trips, and passes over those whose key is there; returns the keys that are new.</summary>
    Task<IReadOnlySet<string>> InsertManyAsync<TRow>(
        UnitOfWork work, InsertPlan<TRow> plan, IReadOnlyList<TRow> rows, CancellationToken cancellationToken);

    /// <summary>Changes rows in few round trips; says for each in turn whether it was there to be changed.</summary>
    Task<IReadOnlyList<bool>> UpdateManyAsync<TRow>(
        UnitOfWork work, UpdatePlan<TRow> plan, IReadOnlyList<TRow> rows, CancellationToken cancellationToken);

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

/// <summary>How rows of a type change those of a table.</summary>
/// <param name="Table">The table's name.</param>
/// <param name="Set">The new values, each by its column: "state = v.state".</param>
/// <param name="Where">Which row a change is for, with the table's name before its columns: one row at most.</param>
/// <param name="Columns">What stands in "v".</param>
public sealed record UpdatePlan<TRow>(string Table, string Set, string Where, IReadOnlyList<InsertColumn<TRow>> Columns);

/// <summary>One column of an <see cref="InsertPlan{TRow}"/> or <see cref="UpdatePlan{TRow}"/>.</summary>
public sealed record InsertColumn<TRow>(string Name, Type Type, Func<TRow, object?> Value);
