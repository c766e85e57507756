using System.Globalization;
using Npgsql;

namespace ThreatWatch.Platform.Storage;

/// <summary>
/// A PostgreSQL schema beside the real one, for as long as a rehearsal lasts: the same server, driver and statements, and not one of the
/// real tables can be reached from it.
/// </summary>
public sealed class ScratchSchema : IAsyncDisposable
{
    internal const string Prefix = "threatwatch_rehearsal_";

    // A backup that reads the schema holds it for as long as it lasts; then a later rehearsal removes it.
    private const string WaitAtMost = "set lock_timeout = '2s'";
    private static readonly TimeSpan Leftover = TimeSpan.FromHours(1);
    private readonly string _server;
    private readonly string _name;

    private ScratchSchema(string server, string name)
    {
        (_server, _name) = (server, name);
        Options = new StorageOptions
        {
            Provider = StorageProvider.PostgreSql,
            Connection = new(new NpgsqlConnectionStringBuilder(server) { SearchPath = name, MinPoolSize = 0 }.ConnectionString),
        };
    }

    /// <summary>How to open it; the tables are still to be made.</summary>
    public StorageOptions Options { get; }

    /// <summary>Makes one, and removes those of processes that were killed in the middle of it. Null where the database's user may not.</summary>
    public static async Task<ScratchSchema?> CreateAsync(StorageOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        // A name of more than 63 letters would be cut.
        var name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{now.ToUnixTimeSeconds()}_{Guid.NewGuid().ToString("N")[..8]}");
        var server = options.Connection.Reveal();
        try
        {
            await using var connection = await OpenAsync(server, cancellationToken);
            foreach (var old in await NamesAsync(connection, cancellationToken))
            {
                if (StartOf(old) < now - Leftover)
                    await RunAsync(connection, $"drop schema if exists \"{old}\" cascade", cancellationToken);
            }

            await RunAsync(connection, $"create schema \"{name}\"", cancellationToken);
            return new ScratchSchema(server, name);
        }
        catch (PostgresException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            using (var pooled = new NpgsqlConnection(Options.Connection.Reveal()))
                NpgsqlConnection.ClearPool(pooled);
            await using var connection = await OpenAsync(_server, CancellationToken.None);
            await RunAsync(connection, $"drop schema \"{_name}\" cascade", CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // A later rehearsal removes it.
        }
    }

    /// <summary>A pooler between us and the server may take no notice of the schema that a connection asks for: then nothing is done on it.</summary>
    /// <exception cref="InvalidOperationException">The connection is in another schema.</exception>
    internal static void Guard(NpgsqlDataSourceBuilder source)
    {
        if (source.ConnectionStringBuilder.SearchPath is not { } name || !name.StartsWith(Prefix, StringComparison.Ordinal))
            return;
        source.UsePhysicalConnectionInitializer(
            connection =>
            {
                using var command = new NpgsqlCommand("select current_schema()", connection);
                Check(command.ExecuteScalar());
            },
            async connection =>
            {
                await using var command = new NpgsqlCommand("select current_schema()", connection);
                Check(await command.ExecuteScalarAsync());
            });

        void Check(object? schema)
        {
            if (schema as string != name)
                throw new InvalidOperationException("the server does not keep to the schema that it was asked for");
        }
    }

    private static DateTimeOffset StartOf(string name) =>
        long.TryParse(name[Prefix.Length..].Split('_')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : DateTimeOffset.MaxValue;

    private static async Task<List<string>> NamesAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await Sql.QueryAsync(
            connection, null, $"select nspname::text from pg_namespace where nspname ~ '^{Prefix}[0-9]+_[0-9a-f]+$'", reader => reader.GetString(0), cancellationToken);

    private static async Task<NpgsqlConnection> OpenAsync(string server, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server) { Pooling = false }.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await RunAsync(connection, WaitAtMost, cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static Task<int> RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken) =>
        Sql.ExecuteAsync(connection, null, sql, cancellationToken);
}
