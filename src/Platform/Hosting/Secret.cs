namespace ThreatWatch.Platform.Hosting;

/// <summary>A value that no log, page or error may show: <see cref="ToString"/> hides it.</summary>
/// <remarks>In the configuration: a string, <c>{ "file": "/run/secrets/x" }</c> or <c>{ "env": "NAME" }</c>.</remarks>
public sealed class Secret : IEquatable<Secret>
{
    private readonly string _value;

    public Secret(string value) => _value = value;

    public static Secret None { get; } = new("");

    public bool IsEmpty => _value.Length == 0;

    public string Reveal() => _value;

    public override string ToString() => IsEmpty ? "(none)" : "(secret)";

    public bool Equals(Secret? other) => other is not null && other._value == _value;

    public override bool Equals(object? obj) => Equals(obj as Secret);

    public override int GetHashCode() => _value.GetHashCode(StringComparison.Ordinal);
}
