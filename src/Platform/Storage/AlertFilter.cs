using ThreatWatch.Core;

namespace ThreatWatch.Platform.Storage;

/// <summary>Which alerts a list shows; what is null does not count.</summary>
public sealed record AlertFilter
{
    public AlertState? State { get; init; }

    /// <summary>Everything that is not closed yet; stands beside <see cref="State"/>.</summary>
    public bool NotClosed { get; init; }

    public string? SchoolId { get; init; }

    public Category? Category { get; init; }

    public RiskLevel? AtLeast { get; init; }

    public DateTimeOffset? OpenedSince { get; init; }

    /// <summary>Null shows real alerts and drills.</summary>
    public bool? IsDrill { get; init; }

    /// <summary>1 to 10,000.</summary>
    public int Most { get; init; } = 50;

    internal (string Where, (string Name, object? Value)[] Parameters) ToSql(ISqlDialect dialect)
    {
        var where = new List<string> { "1 = 1" };
        var parameters = new List<(string, object?)> { ("@most", Most) };
        Add(State is not null, "state = @state", "@state", State);
        Add(SchoolId is not null, "school_id = @school", "@school", SchoolId);
        Add(Category is not null, "category = @category", "@category", Category);
        Add(OpenedSince is not null, "opened_at >= @since", "@since", OpenedSince);
        Add(IsDrill is not null, "is_drill = @drill", "@drill", IsDrill);
        if (NotClosed)
            where.Add("state <> 'Closed'");
        if (AtLeast is { } level)
            Add(true, dialect.In("level", "@levels"), "@levels", dialect.ListParameter(Enum.GetValues<RiskLevel>().Where(l => l >= level).Select(l => l.ToString()).ToList()));
        return (string.Join(" and ", where), [.. parameters]);

        void Add(bool wanted, string condition, string name, object? value)
        {
            if (!wanted)
                return;
            where.Add(condition);
            parameters.Add((name, value));
        }
    }
}
