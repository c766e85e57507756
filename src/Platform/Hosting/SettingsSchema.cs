using System.Reflection;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace ThreatWatch.Platform.Hosting;

/// <summary>
/// Writes the JSON schema of the configuration from the option types and their docstrings, so that an editor completes and explains keys and the schema
/// can't drift from what the binder takes.
/// </summary>
public static class SettingsSchema
{
    public static JsonObject Write(IReadOnlyList<SettingsSection> sections)
    {
        var properties = new JsonObject { ["$schema"] = new JsonObject { ["type"] = "string" } };
        var trees = new Trees([], []);
        foreach (var section in sections)
            properties[section.Key] = Of(section.Type, trees);
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "ThreatWatch configuration",
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = properties,
        };
        if (trees.Definitions.Count > 0)
            schema["$defs"] = trees.Definitions;
        return schema;
    }

    // Types that hold themselves, such as the route tree, are written once and referred to.
    private sealed record Trees(JsonObject Definitions, List<Type> Open);

    private static JsonObject Of(Type type, Trees trees)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
            return Typed("string");
        if (type == typeof(bool))
            return Typed("boolean");
        if (type == typeof(int))
            return Typed("integer");
        if (type == typeof(double))
            return Typed("number");
        if (type == typeof(TimeSpan))
            return new JsonObject { ["type"] = "string", ["pattern"] = "^[0-9]+(\\.[0-9]+)?[smhd]$" };
        if (type == typeof(Uri))
            return new JsonObject { ["type"] = "string", ["format"] = "uri" };
        if (type == typeof(DateOnly))
            return new JsonObject { ["type"] = "string", ["format"] = "date" };
        if (type == typeof(TimeOnly))
            return new JsonObject { ["type"] = "string", ["pattern"] = "^[0-2][0-9]:[0-5][0-9]$" };
        if (type == typeof(DateTimeOffset))
            return new JsonObject { ["type"] = "string", ["format"] = "date-time" };
        if (type == typeof(Secret))
            return new JsonObject { ["anyOf"] = new JsonArray(Typed("string"), One("file"), One("env")) };
        if (type.IsEnum)
            return new JsonObject { ["enum"] = new JsonArray([.. Enum.GetNames(type).Select(name => JsonValue.Create(SettingsBinder.Key(name)))]) };
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
            return new JsonObject { ["type"] = "array", ["items"] = Of(type.GetGenericArguments()[0], trees) };
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))
            return new JsonObject { ["type"] = "object", ["additionalProperties"] = Of(type.GetGenericArguments()[1], trees) };

        var reference = new JsonObject { ["$ref"] = $"#/$defs/{type.Name}" };
        if (trees.Open.Contains(type))
        {
            trees.Definitions[type.Name] ??= new JsonObject();
            return reference;
        }

        trees.Open.Add(type);
        var properties = new JsonObject();
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite))
        {
            var schema = Of(property.PropertyType, trees);
            if (Summary(property) is { } summary)
                schema["description"] = summary;
            properties[SettingsBinder.Key(property.Name)] = schema;
        }

        trees.Open.Remove(type);
        var whole = new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = properties };
        if (!trees.Definitions.ContainsKey(type.Name))
            return whole;
        trees.Definitions[type.Name] = whole;
        return reference;
    }

    private static JsonObject Typed(string type) => new() { ["type"] = type };

    private static JsonObject One(string key) => new()
    {
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["required"] = new JsonArray(key),
        ["properties"] = new JsonObject { [key] = Typed("string") },
    };

    // The docstrings lie beside each assembly in the build's output.
    private static string? Summary(PropertyInfo property)
    {
        var file = Path.ChangeExtension(property.DeclaringType!.Assembly.Location, ".xml");
        if (!File.Exists(file))
            return null;
        var name = $"P:{property.DeclaringType.FullName!.Replace('+', '.')}.{property.Name}";
        var summary = XDocument.Load(file).Descendants("member").FirstOrDefault(member => (string?)member.Attribute("name") == name)?.Element("summary");
        if (summary is null)
            return null;
        var text = string.Concat(summary.Nodes().Select(node => node is XElement { Name.LocalName: "see" } see ? ((string?)see.Attribute("cref"))?.Split('.')[^1] ?? "" : node is XElement inner ? inner.Value : node.ToString()));
        return string.Join(' ', System.Net.WebUtility.HtmlDecode(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
