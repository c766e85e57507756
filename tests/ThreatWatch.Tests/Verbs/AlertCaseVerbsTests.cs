using System.Text.Json;
using ThreatWatch.Classifier.Model;
using ThreatWatch.Cli.Verbs;
using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;
using ThreatWatch.Tests.Alerting;

namespace ThreatWatch.Tests.Verbs;

public sealed class AlertCaseVerbsTests : IAsyncDisposable
{
    private readonly AlertingHouse _house = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _problems = new();

    [Fact]
    public async Task A_second_reader_reads_a_closed_alert_once_and_is_somebody_else()
    {
        var alert = await AlertAsync();
        Assert.Equal(1, await ReviewAsync(alert.Id, "amari", Disposition.Transient));
        await CloseAsync(alert.Id, Disposition.NotAThreat);
        Assert.Equal(1, await ReviewAsync(alert.Id, "ortega", Disposition.Transient));
        Assert.Equal(0, await ReviewAsync(alert.Id, "amari", Disposition.Transient));
        Assert.Equal(1, await ReviewAsync(alert.Id, "lindqvist", Disposition.Substantive));
        Assert.Equal(1, await ReviewAsync("XXXX-XXXX", "amari", Disposition.Transient));

        Assert.Equal((Disposition.Transient, "amari"), await _house.Get<SecondReadingStore>().FindAsync(alert.Id, CancellationToken.None) is { } reading ? (reading.Disposition, reading.ReadBy) : default);
        var problems = _problems.ToString().Trim().Split(Environment.NewLine).Select(line => line[11..]);
        Assert.Equal(
            ["it is not closed yet; the first reader comes first", "ortega closed it; a second reader is somebody else", "it has a second reading already", "there is no such alert"], problems);
    }

    [Theory]
    [InlineData("county sheriff", "MOU of 2025", "text,phone", 2, "--fields: \"phone\"")]
    [InlineData("county sheriff", "", "text", 2, "--basis")]
    [InlineData("", "MOU of 2025", "text", 2, "--with")]
    [InlineData("county sheriff", "MOU of 2025", ",", 2, "--fields")]
    public async Task Sharing_needs_a_partner_a_ground_and_fields_that_exist(string partner, string basis, string fields, int code, string problem)
    {
        var alert = await AlertAsync();
        Assert.Equal(code, await ShareAsync(alert.Id, partner, basis, fields));
        Assert.StartsWith(problem, _problems.ToString(), StringComparison.Ordinal);
        Assert.Empty(await _house.Get<SharingStore>().OfAlertAsync(alert.Id, CancellationToken.None));
    }

    [Fact]
    public async Task What_was_shared_stands_in_the_timeline_and_in_the_audit()
    {
        var alert = await AlertAsync();
        Assert.Equal(0, await ShareAsync(alert.Id, "county sheriff", "MOU of 2025", "text, url"));
        Assert.Equal(1, await ShareAsync("XXXX-XXXX", "county sheriff", "MOU of 2025", "text"));

        await AlertTimeline.PrintAsync(_house.Services, alert.Id, "amari", _output, CancellationToken.None);
        Assert.Contains("ortega shared text, url with county sheriff: MOU of 2025", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains(await _house.Get<AuditLog>().AboutAsync(alert.Id, CancellationToken.None), row => row is { Action: "alert.shared", Actor: "ortega" });
    }

    [Fact]
    public async Task A_case_is_exported_whole_for_its_owner_alone_and_never_over_another_file()
    {
        var alert = await AlertAsync();
        await CloseAsync(alert.Id, Disposition.NotAThreat);
        await ShareAsync(alert.Id, "county sheriff", "MOU of 2025", "text");
        var file = Path.Combine(Path.GetTempPath(), $"threatwatch-case-{Guid.NewGuid():N}.json");
        try
        {
            Assert.Equal(0, await ExportAsync(alert.Id, file));
            Assert.Equal(1, await ExportAsync(alert.Id, file));
            Assert.Equal(1, await ExportAsync("XXXX-XXXX", file + ".none"));
            Assert.False(File.Exists(file + ".none"));
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            using var json = JsonDocument.Parse(await File.ReadAllTextAsync(file));
            var root = json.RootElement;
            Assert.Equal((alert.Id, "ortega", "a joke"), (root.GetProperty("alert").GetProperty("id").GetString(), root.GetProperty("closedBy").GetString(), root.GetProperty("note").GetString()));
            Assert.Contains("gun", root.GetProperty("posts")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
            Assert.True(root.GetProperty("notifications").GetArrayLength() > 0);
            Assert.Equal("county sheriff", root.GetProperty("shares")[0].GetProperty("partner").GetString());
            Assert.Contains("alert.exported", root.GetProperty("audit").EnumerateArray().Select(row => row.GetProperty("action").GetString()));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData(Disposition.NotAThreat, Disposition.Substantive)]
    [InlineData(Disposition.Substantive, Disposition.Drill)]
    public async Task What_people_found_in_closed_alerts_is_written_as_posts_to_learn_from(Disposition first, Disposition second)
    {
        var alarm = await AlertAsync();
        await _house.DetectAsync((Some.Post("other words", "harlan"), RiskLevel.High), (Some.Post("disputed words", "juniper"), RiskLevel.High), (Some.Post("open words", "bell"), RiskLevel.High));
        var (real, disputed) = (await OfSchoolAsync("harlan"), await OfSchoolAsync("juniper"));
        await CloseAsync(alarm.Id, Disposition.NotAThreat);
        _house.Time.Advance(TimeSpan.FromMinutes(1));
        await CloseAsync(real, Disposition.Transient);
        await CloseAsync(disputed, first);
        await ReviewAsync(disputed, "amari", second);
        var folder = Directory.CreateTempSubdirectory("outcomes").FullName;
        var file = Path.Combine(folder, "closed.ndjson");
        try
        {
            Assert.Equal(0, await AlertOutcomes.RunAsync(_house.Services, file, 30, "ortega", (_output, _problems), CancellationToken.None));
            Assert.Equal(1, await AlertOutcomes.RunAsync(_house.Services, file, 30, "ortega", (_output, _problems), CancellationToken.None));
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            Assert.Equal([(Some.Post().FullText, "benign"), ("other words", "threat")], TrainingData.Read([folder]).Select(row => (row.Text, row.Label)));
            Assert.Contains("2 posts of 3 closed alerts, 1 of them harmless; left out: 1 alert whose readers disagree, 0 posts whose words are gone", _output.ToString(), StringComparison.Ordinal);
            Assert.Single(await _house.Get<AuditLog>().AboutAsync("outcomes", CancellationToken.None), row => row is { Action: "outcomes.exported", Actor: "ortega" });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task The_report_counts_a_months_alerts_and_no_drills()
    {
        var alert = await AlertAsync();
        await _house.DetectAsync((Some.Post("drill words") with { IsDrill = true }, RiskLevel.High), (Some.Post("other words", "harlan"), RiskLevel.Critical));
        await _house.SendDueAsync();
        await CloseAsync(alert.Id, Disposition.NotAThreat);
        await ReviewAsync(alert.Id, "amari", Disposition.Transient);

        Assert.Equal(0, await ReportVerb.RunAsync(_house.Services, "2026-11", true, _output, _problems, CancellationToken.None));
        using var json = JsonDocument.Parse(_output.ToString().Trim().Split(Environment.NewLine)[^1]);
        var root = json.RootElement;
        Assert.Equal((2, 1, 1), (root.GetProperty("alerts").GetInt32(), root.GetProperty("byLevel").GetProperty("Critical").GetInt32(), root.GetProperty("falseAlarms").GetInt32()));
        Assert.Equal((1, 0), (root.GetProperty("secondReading").GetProperty("alerts").GetInt32(), root.GetProperty("secondReading").GetProperty("agreed").GetInt32()));
        Assert.Equal(0, root.GetProperty("neverAccepted").GetInt32());

        await using var text = new StringWriter();
        await ReportVerb.RunAsync(_house.Services, "2026-11", false, text, _problems, CancellationToken.None);
        Assert.Matches("\\n  Email: sending to accepted +0.000 +0.000  ", text.ToString());
        Assert.Matches("\\n  Email +2 messages, 0 failed", text.ToString());
        Assert.Contains("false alarms   1 of 1 judged, 100% (95% interval 21% to 100%)", text.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, await ReportVerb.RunAsync(_house.Services, "November", false, text, _problems, CancellationToken.None));
    }

    [Fact]
    public async Task The_report_is_of_the_last_month_that_is_over_unless_one_is_named()
    {
        await AlertAsync();
        _house.Time.Advance(TimeSpan.FromDays(7));
        await ReportVerb.RunAsync(_house.Services, null, false, _output, _problems, CancellationToken.None);
        Assert.StartsWith("2026-11: 1 alert, drills left out", _output.ToString(), StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync()
    {
        _output.Dispose();
        _problems.Dispose();
        return _house.DisposeAsync();
    }

    private async Task<Alert> AlertAsync()
    {
        await _house.DetectAsync((Some.Post(), RiskLevel.High));
        return await _house.OnlyAlertAsync();
    }

    private async Task<string> OfSchoolAsync(string school) => Assert.Single(await _house.AlertsAsync(), alert => alert.SchoolId == school).Id;

    private Task<ActionOutcome> CloseAsync(string id, Disposition disposition) => _house.Get<AlertActions>().CloseAsync(id, "ortega", "cli", disposition, "a joke", CancellationToken.None);

    private Task<int> ReviewAsync(string id, string by, Disposition disposition) =>
        AlertCaseVerbs.ReviewAsync(_house.Services, id, by, disposition, null, (_output, _problems), CancellationToken.None);

    private Task<int> ShareAsync(string id, string partner, string basis, string fields) =>
        AlertCaseVerbs.ShareAsync(_house.Services, id, partner, basis, fields, "ortega", (_output, _problems), CancellationToken.None);

    private Task<int> ExportAsync(string id, string file) => AlertExport.RunAsync(_house.Services, id, new CaseTargets(file, null, false), "ortega", (_output, _problems), CancellationToken.None);
}
