using System.Data;
using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Text.Json;
using DbUp;
using Microsoft.Data.Sqlite;

namespace ThreatWatch.Platform.Storage;

/// <summary>SQLite in write-ahead mode: for one process. Writers take turns here, since SQLite has one and fails the others.</summary>
internal sealed class SqliteDialect : ISqlDialect, IDisposable
{
    private readonly string _path;
    private readonly string _connectionString;
    private readonly SemaphoreSlim _writer = new(1, 1);
    private readonly ConditionalWeakTable<object, Readiness> _ready = [];

    public SqliteDialect(string path)
    {
        _path = path;
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 30 }.ToString();
    }

    public string SkipLocked => "";

    // Who writes is alone.
    public string Locked => "";

    public string SkipLockedBeside(string taken, string kept) => "";

    public bool IsForOneProcess => true;

    public IReadOnlyDictionary<string, string> MigrationVariables { get; } =
        new Dictionary<string, string> { ["identity"] = "integer primary key autoincrement" };

    public async ValueTask<DbConnection> OpenAsync(CancellationToken cancellationToken) => await OpenAsync(true, cancellationToken);

    private async ValueTask<SqliteConnection> OpenAsync(bool outlivesPowerCut, CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            // Connections are pooled: what was set up once stays so.
            var ready = _ready.GetOrCreateValue(connection.Handle!);
            if (ready.OutlivesPowerCut != outlivesPowerCut)
            {
                // Full: a commit that was reported survives a power cut.
                await Sql.ExecuteAsync(
                    connection, null, $"pragma busy_timeout = 30000; pragma synchronous = {(outlivesPowerCut ? "full" : "normal")}; pragma foreign_keys = on;", cancellationToken);
                ready.OutlivesPowerCut = outlivesPowerCut;
            }

            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async ValueTask<(DbConnection Connection, DbTransaction Transaction, IDisposable Turn)> BeginAsync(
        bool outlivesPowerCut, CancellationToken cancellationToken)
    {
        await _writer.WaitAsync(cancellationToken);
        var turn = new Turn(_writer);
        SqliteConnection? connection = null;
        try
        {
            connection = await OpenAsync(outlivesPowerCut, cancellationToken);
            var transaction = connection.BeginTransaction(IsolationLevel.Serializable, deferred: false);
            return (connection, transaction, turn);
        }
        catch
        {
            if (connection is not null)
                await connection.DisposeAsync();
            turn.Dispose();
            throw;
        }
    }

    public string In(string column, string parameter) => $"{column} in (select value from json_each({parameter}))";

    public object ListParameter(IReadOnlyList<string> values) => JsonSerializer.Serialize(values);

    public object ListParameter(IReadOnlyList<long> values) => JsonSerializer.Serialize(values);

    public async Task<IReadOnlySet<string>> InsertManyAsync<TRow>(
        UnitOfWork work, InsertPlan<TRow> plan, IReadOnlyList<TRow> rows, CancellationToken cancellationToken)
    {
        var names = plan.Columns.Select(column => column.Name).ToList();
        var command = ((SqliteConnection)work.Connection).CreateCommand();
        await using var disposal = command;
        command.Transaction = (SqliteTransaction)work.Transaction;
#pragma warning disable CA2100 // Names come from the stores' own plans.
        command.CommandText =
            $"insert into {plan.Table} ({string.Join(", ", names)}) values ({string.Join(", ", names.Select(name => "$" + name))}) on conflict do nothing";
#pragma warning restore CA2100
        var parameters = plan.Columns.Select(column => command.Parameters.Add(new SqliteParameter("$" + column.Name, null))).ToList();
        command.Prepare();
        var key = plan.Columns.Single(column => column.Name == plan.Key);
        var inserted = new HashSet<string>();
        foreach (var row in rows)
        {
            for (var i = 0; i < parameters.Count; i++)
                parameters[i].Value = plan.Columns[i].Value(row) ?? DBNull.Value;
            if (command.ExecuteNonQuery() == 1)
                inserted.Add((string)key.Value(row)!);
        }

        return inserted;
    }

    public Task<IReadOnlyList<bool>> UpdateManyAsync<TRow>(
        UnitOfWork work, UpdatePlan<TRow> plan, IReadOnlyList<TRow> rows, CancellationToken cancellationToken)
    {
        using var command = ((SqliteConnection)work.Connection).CreateCommand();
        command.Transaction = (SqliteTransaction)work.Transaction;
#pragma warning disable CA2100 // Names and conditions come from the stores' own plans.
        command.CommandText =
            $"update {plan.Table} set {plan.Set} from (select {string.Join(", ", plan.Columns.Select(column => $"${column.Name} as {column.Name}"))}) as v where {plan.Where}";
#pragma warning restore CA2100
        var parameters = plan.Columns.Select(column => command.Parameters.Add(new SqliteParameter("$" + column.Name, null))).ToList();
        command.Prepare();
        var changed = new bool[rows.Count];
        for (var row = 0; row < changed.Length; row++)
        {
            for (var i = 0; i < parameters.Count; i++)
                parameters[i].Value = plan.Columns[i].Value(rows[row]) ?? DBNull.Value;
            changed[row] = command.ExecuteNonQuery() > 0;
        }

        return Task.FromResult<IReadOnlyList<bool>>(changed);
    }

    public void Migrate()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(_path)!);
        using (var connection = new SqliteConnection(_connectionString))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "pragma journal_mode = wal";
            command.ExecuteNonQuery();
        }

        // Processes that start at once take turns: a script that two read as missing fails in the second. The lock is that of an empty
        // database beside ours, so that it is waited for, and given back by a process that dies.
        using var guard = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _path + "-migrating", Pooling = false, DefaultTimeout = 60 }.ToString());
        guard.Open();
        using var turn = guard.BeginTransaction();
        Migrations.Run(DeployChanges.To.SqliteDatabase(_connectionString), MigrationVariables);
    }

    public bool IsTransient(Exception exception) => exception is SqliteException { SqliteErrorCode: 5 or 6 };

    public void Dispose()
    {
        // Else the pool keeps the file open.
        using (var connection = new SqliteConnection(_connectionString))
            SqliteConnection.ClearPool(connection);
        _writer.Dispose();
    }

    private sealed class Readiness
    {
        /// <summary>Null where nothing was set up yet.</summary>
        public bool? OutlivesPowerCut { get; set; }
    }

    private sealed class Turn(SemaphoreSlim writer) : IDisposable
    {
        private int _over;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _over, 1) == 0)
                writer.Release();
        }
    }
}
