using System.Data.Common;

namespace ThreatWatch.Platform.Storage;

/// <summary>Runs SQL that stands in plain sight; and the conversions of instants and lists that rows need.</summary>
public static class Sql
{
    /// <summary>Instants are stored as microseconds since 1970, the same in both databases.</summary>
    public static long Micros(DateTimeOffset at) => (at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10;

    public static object? Micros(DateTimeOffset? at) => at is { } value ? Micros(value) : null;

    public static DateTimeOffset Instant(this DbDataReader reader, int column) =>
        new(DateTimeOffset.UnixEpoch.Ticks + (reader.GetInt64(column) * 10), TimeSpan.Zero);

    public static DateTimeOffset? InstantOrNull(this DbDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.Instant(column);

    public static string? TextOrNull(this DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public static T Enum<T>(this DbDataReader reader, int column) where T : struct, Enum => System.Enum.Parse<T>(reader.GetString(column));

    public static int Int(this DbDataReader reader, int column) => checked((int)reader.GetInt64(column));

    internal static async Task<List<T>> QueryAsync<T>(
        DbConnection connection,
        DbTransaction? transaction,
        string sql,
        Func<DbDataReader, T> map,
        CancellationToken cancellationToken,
        params (string Name, object? Value)[] parameters)
    {
        await using var command = Command(connection, transaction, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(map(reader));
        return rows;
    }

    internal static async Task<int> ExecuteAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string sql,
        CancellationToken cancellationToken,
        params (string Name, object? Value)[] parameters)
    {
        await using var command = Command(connection, transaction, sql, parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static DbCommand Command(
        DbConnection connection, DbTransaction? transaction, string sql, (string Name, object? Value)[] parameters)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // Every statement is a constant of a store; values go in as parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = Stored(value);
            command.Parameters.Add(parameter);
        }

        return command;
    }

    /// <summary>A value as it goes into a row.</summary>
    internal static object Stored(object? value) => value switch
    {
        null => DBNull.Value,
        DateTimeOffset at => Micros(at),
        int number => (long)number,
        System.Enum name => name.ToString(),
        _ => value,
    };
}
