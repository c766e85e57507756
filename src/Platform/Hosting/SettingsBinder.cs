using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace ThreatWatch.Platform.Hosting;

/// <summary>
/// Fills option records from JSON and reports every unknown key, wrong type and bad value with its path. The framework's own
/// binder passes over what it does not know, and a misspelt "threshhold" must not leave a school unwatched.
/// </summary>
internal static class SettingsBinder
{
    private static readonly NullabilityInfoContext Nullability = new();

    /// <summary>Binds a value; null (with problems added) where it can't be.</summary>
    public static object? Bind(JsonElement json, Type type, Problems problems)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(Secret))
            return BindSecret(json, problems);
        if (type == typeof(string))
            return json.ValueKind == JsonValueKind.String ? json.GetString() : Wrong(problems, json, "a text in quotes");
        if (type == typeof(bool))
            return json.ValueKind is JsonValueKind.True or JsonValueKind.False ? json.GetBoolean() : Wrong(problems, json, "true or false");
        if (type == typeof(int))
            return json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out var whole) ? whole : Wrong(problems, json, "a whole number");
        if (type == typeof(double))
            return json.ValueKind == JsonValueKind.Number ? json.GetDouble() : Wrong(problems, json, "a number");
        if (type == typeof(TimeSpan))
            return json.ValueKind == JsonValueKind.String && Durations.TryParse(json.GetString()!, out var span) ? span : Wrong(problems, json, "a duration such as \"30s\", \"5m\", \"2h\" or \"7d\"");
        if (type == typeof(DateOnly))
            return json.ValueKind == JsonValueKind.String && DateOnly.TryParseExact(json.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : Wrong(problems, json, "a date such as \"2026-09-01\"");
        if (type == typeof(TimeOnly))
            return json.ValueKind == JsonValueKind.String && TimeOnly.TryParseExact(json.GetString(), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : Wrong(problems, json, "a time such as \"07:30\"");
        if (type == typeof(DateTimeOffset))
            return json.ValueKind == JsonValueKind.String && json.TryGetDateTimeOffset(out var at) ? at : Wrong(problems, json, "an instant such as \"2026-09-01T07:30:00-05:00\"");
        if (type == typeof(Uri))
            return json.ValueKind == JsonValueKind.String && Uri.TryCreate(json.GetString(), UriKind.Absolute, out var uri) ? uri : Wrong(problems, json, "an address such as \"https://example.org/feed\"");
        if (type.IsEnum)
            return BindEnum(json, type, problems);
        if (Element(type, typeof(IReadOnlyDictionary<,>), 1) is { } valueType)
            return BindMap(json, valueType, problems);
        if (Element(type, typeof(IReadOnlyList<>), 0) is { } itemType)
            return BindList(json, itemType, problems);
        return BindRecord(json, type, problems);
    }

    private static object? BindRecord(JsonElement json, Type type, Problems problems)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return Wrong(problems, json, "an object in { }");
        var result = Activator.CreateInstance(type)!;
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite).ToList();
        var seen = new HashSet<string>();
        foreach (var member in json.EnumerateObject())
        {
            if (member.Name == "$schema")
                continue;
            var property = properties.Find(candidate => Key(candidate.Name) == member.Name);
            if (property is null)
            {
                problems.Add(member.Name, Unknown(member.Name, properties.Select(candidate => Key(candidate.Name))));
                continue;
            }

            if (!seen.Add(member.Name))
                problems.Add(member.Name, "stands twice; keep one");
            if (member.Value.ValueKind == JsonValueKind.Null)
            {
                if (Nullability.Create(property).WriteState != NullabilityState.Nullable)
                    problems.Add(member.Name, "may not be null; leave the key out for the default");
                continue;
            }

            if (Bind(member.Value, property.PropertyType, problems.At(member.Name)) is { } value)
                property.SetValue(result, value);
        }

        return result;
    }

    private static IList? BindList(JsonElement json, Type itemType, Problems problems)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            Wrong(problems, json, "a list in [ ]");
            return null;
        }

        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(itemType))!;
        var index = 0;
        foreach (var item in json.EnumerateArray())
        {
            if (Bind(item, itemType, problems.At("", index)) is { } value)
                list.Add(value);
            index++;
        }

        return list;
    }

    private static IDictionary? BindMap(JsonElement json, Type valueType, Problems problems)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            Wrong(problems, json, "an object in { }");
            return null;
        }

        var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), valueType))!;
        foreach (var member in json.EnumerateObject())
        {
            if (Bind(member.Value, valueType, problems.At(member.Name)) is { } value)
                map[member.Name] = value;
        }

        return map;
    }

    private static object? BindEnum(JsonElement json, Type type, Problems problems)
    {
        var names = Enum.GetNames(type);
        var name = json.ValueKind == JsonValueKind.String
            ? names.FirstOrDefault(candidate => candidate.Equals(json.GetString(), StringComparison.OrdinalIgnoreCase))
            : null;
        return name is not null ? Enum.Parse(type, name) : Wrong(problems, json, "one of " + string.Join(", ", names.Select(n => $"\"{Key(n)}\"")));
    }

    private static Secret? BindSecret(JsonElement json, Problems problems)
    {
        if (json.ValueKind == JsonValueKind.String)
            return new Secret(json.GetString()!);
        if (json.ValueKind == JsonValueKind.Object && json.EnumerateObject().Count() == 1)
        {
            var member = json.EnumerateObject().First();
            var name = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : "";
            if (member.Name == "env")
            {
                if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
                    return new Secret(value);
                problems.Add("env", $"the environment variable {name} is not set");
                return null;
            }

            if (member.Name == "file")
            {
                try
                {
                    return new Secret(File.ReadAllText(name).TrimEnd('\r', '\n'));
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
                {
                    problems.Add("file", $"can't be read: {exception.Message}");
                    return null;
                }
            }
        }

        problems.Add("", "must be a text, { \"file\": \"PATH\" } or { \"env\": \"NAME\" }");
        return null;
    }

    internal static string Unknown(string name, IEnumerable<string> known)
    {
        var names = known.ToList();
        var near = names.MinBy(candidate => Distance(candidate, name));
        var hint = near is not null && Distance(near, name) <= Math.Max(2, name.Length / 3) ? $"; did you mean \"{near}\"?" : $"; known here: {string.Join(", ", names)}";
        return "is not a known key" + hint;
    }

    internal static string Key(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    private static object? Wrong(Problems problems, JsonElement json, string wanted)
    {
        var got = json.GetRawText();
        problems.Add("", $"must be {wanted}, not {(got.Length > 40 ? got[..40] + "..." : got)}");
        return null;
    }

    private static Type? Element(Type type, Type generic, int argument) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == generic ? type.GetGenericArguments()[argument] : null;

    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]);
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (same ? 0 : 1)));
            }
        }

        return row[b.Length];
    }
}
