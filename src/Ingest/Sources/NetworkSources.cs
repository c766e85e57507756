using ThreatWatch.Platform.Hosting;

namespace ThreatWatch.Ingest.Sources;

/// <summary>What the settings of a social network's or forum's source must hold, said when the configuration is read and not at three in the morning.</summary>
internal static class NetworkSources
{
    private const int MostDids = 10_000;
    private const int MostTelegramDays = 30;

    public static void Check(SourceOptions source, Problems at)
    {
        Check(source, at, "hashtags", source.Hashtags, source.Type == SourceType.Mastodon, WhyNoTag);
        Func<string, string?>? only = source.Type switch
        {
            SourceType.Jetstream => WhyNoDid,
            SourceType.Telegram => WhyNoChannel,
            SourceType.Discourse => WhyNoCategory,
            SourceType.Lemmy => WhyNoCommunity,
            _ => null,
        };
        Check(source, at, "only", source.Only, only is not null, only);
        if (source.Type == SourceType.Jetstream && source.Only.Count > MostDids)
            at.Add("only", $"has more than {MostDids} DIDs, which is the most that a Jetstream filters by");
        if (source.Profiles is not null && source.Type != SourceType.Jetstream)
            at.Add("profiles", "has a meaning for the type \"jetstream\" only");
        else if (source.Profiles is { } server && server.Scheme is not ("https" or "http"))
            at.Add("profiles", "must begin with https://");
        if (source.Type == SourceType.Telegram && source.Only.Count == 0)
            at.Add("only", "must list the channels: what else the bot is in is none of the district's business");
        if (source.Type == SourceType.Telegram && source.RetentionDays > MostTelegramDays)
            at.Add("retentionDays", $"must be at most {MostTelegramDays}: Telegram does not say what was deleted, so that texts must not be kept for long");
    }

    private static void Check(
        SourceOptions source, Problems at, string key, IReadOnlyList<string> values, bool isKnown, Func<string, string?>? why)
    {
        if (values.Count > 0 && !isKnown)
        {
            at.Add(key, $"has no meaning for the type \"{source.Type.ToString().ToLowerInvariant()}\"");
            return;
        }

        for (var i = 0; i < values.Count; i++)
        {
            if (why?.Invoke(values[i]) is { } wrong)
                at.At(key, i).Add("", $"\"{values[i]}\" {wrong}");
        }
    }

    private static string? WhyNoTag(string tag) =>
        tag.Length > 0 && tag.All(letter => char.IsLetterOrDigit(letter) || letter == '_') ? null : "is no tag: letters, digits and _, without #";

    private static string? WhyNoDid(string did) =>
        did.StartsWith("did:", StringComparison.Ordinal) && did.Length is > 8 and < 300 && !did.Any(char.IsWhiteSpace)
            ? null
            : "is no DID such as \"did:plc:aaaabbbbccccddddeeeeffff\"; a handle can be given to another account, so that it does not do";

    private static string? WhyNoChannel(string channel) =>
        channel.Length > 1 && (channel[0] == '@' ? channel[1..].All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_') : long.TryParse(channel, out _))
            ? null
            : "is neither a channel's name such as \"@cedarridgenews\" nor its number";

    private static string? WhyNoCategory(string category) =>
        category.Length > 0 && category.All(char.IsAsciiDigit) ? null : "is no category's number, which stands in its address: /c/name/12";

    private static string? WhyNoCommunity(string community) =>
        community.Length > 0 && community.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '@' or '.' or '-')
            ? null
            : "is no community such as \"cedarridge\" or \"cedarridge@forum.example\"";
}
