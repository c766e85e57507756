namespace ThreatWatch.Console.Page;

/// <summary>What this is and what it is not, for whoever is shown the console.</summary>
internal static class AboutPage
{
    public const string Body = """
        <h1>What this page shows</h1>
        <p>Public posts that speak like a threat against a school of this district, or like a person in danger from themselves. A machine judged the
        words; it knows nobody. Treat a threat as credible until people have looked at it, limit its spread (report it, do not repost it), and write down
        what it was: your dispositions are this product's error rate.</p>
        <p>Every view of an alert here is recorded in the audit.</p>
        <p>If somebody may be in danger now, call 911. Help in a crisis: call or text 988.</p>
        """;
}
