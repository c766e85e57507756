using System.Text;
using ThreatWatch.Cli.Verbs;
using ThreatWatch.Console.Cases;
using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;
using ThreatWatch.Tests.Alerting;
using UglyToad.PdfPig;
using UglyToad.PdfPig.DocumentLayoutAnalysis.TextExtractor;

namespace ThreatWatch.Tests.Console.Cases;

public sealed class CasePdfTests : IAsyncDisposable
{
    private const string Spanish = "mañana llevo una pistola a Cedar Ridge, ¿quién más se apunta? «adiós»";

    private readonly AlertingHouse _house = new();

    [Fact]
    public async Task A_case_on_paper_has_the_post_its_reasons_who_was_told_what_became_of_it_shares_and_the_audit()
    {
        var alert = await CaseAsync(Spanish);
        var text = await PaperAsync(alert.Id);

        foreach (var part in (string[])
        [
            "High threat - Cedar Ridge High School", alert.Id, "Maple Valley Unified", "mañana llevo una pistola a Cedar Ridge, ¿quién más se apunta? «adiós»", "@writer", "https://town.example/posts/",
            "0.93, the threshold for High is 0.80", "element", "intent", "model 0123456789abcdef", "Officer R. Ortega, Email (First, step 0): Sent", "queued 2026-11-24 07:40:00", "accepted by the provider 2026-11-24",
            "acknowledged 2026-11-24", "has it, via cli", "closed as Transient: \"said in anger\"", "second reader: NotAThreat: \"lyrics\"", "text, url to county sheriff; ground: MOU of 2025",
            "alert.closed", "alert.reviewed", "alert.shared", "alert.exported", "page 1 of ",
        ])
            Assert.Contains(part, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task For_a_partner_who_may_not_have_them_the_posts_words_authors_and_addresses_and_the_notes_are_left_out()
    {
        var alert = await CaseAsync(Spanish);
        var text = await PaperAsync(alert.Id, withWords: false);

        foreach (var word in (string[])["pistola", "@writer", "town.example/posts", "said in anger", "lyrics"])
            Assert.DoesNotContain(word, text, StringComparison.Ordinal);
        foreach (var word in (string[])["intent", "0.93", "Transient", "county sheriff", "The text is not in this file", "without the posts' words"])
            Assert.Contains(word, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a gun 🔫 and 👩‍👧 at school", "a gun [U+1F52B] and [U+1F469][U+1F467] at school")]
    [InlineData("кедр gun", "кедр gun")]
    [InlineData("学校 gun مدرسة", "[U+5B66][U+6821] gun [U+0645]")]
    [InlineData("gun \u0000\u0007\u202E\uFEFF end \uE000", "gun end [U+E000]")]
    public async Task On_a_server_without_fonts_what_the_own_type_lacks_is_written_by_its_number(string post, string printed) =>
        Assert.Contains(printed, Read(Written(await TakenAsync(post), new PdfFonts([]))), StringComparison.Ordinal);

    [Fact]
    public async Task Text_without_a_space_and_of_any_length_stays_on_the_paper()
    {
        using var pdf = PdfDocument.Open(Written(await TakenAsync("gun " + new string('ß', 1000) + new string('猫', 100) + string.Concat(Enumerable.Repeat("\nline of it", 100))), new PdfFonts([])));

        Assert.InRange(pdf.NumberOfPages, 3, 5);
        var pages = pdf.GetPages().ToList();
        var (right, bottom) = (pages[0].Width - 50, 20);
        Assert.DoesNotContain(pages.SelectMany(page => page.Letters), letter => letter.BoundingBox.Right > right || letter.BoundingBox.Bottom < bottom);
        Assert.Equal(1000, pages.Sum(page => page.Letters.Count(letter => letter.Value == "ß")));
    }

    [Fact]
    public async Task The_verb_writes_both_forms_for_their_owner_alone_and_says_so_in_the_audit_once()
    {
        var alert = await CaseAsync("going to bring a gun");
        var folder = Directory.CreateTempSubdirectory("threatwatch-case-");
        try
        {
            var (json, pdf) = (Path.Combine(folder.FullName, "case.json"), Path.Combine(folder.FullName, "case.pdf"));
            Assert.Equal(0, await ExportAsync(alert.Id, new CaseTargets(json, pdf, false)));
            Assert.Equal(1, await ExportAsync(alert.Id, new CaseTargets(null, pdf, false)));
            Assert.Equal(2, await ExportAsync(alert.Id, new CaseTargets(null, null, false)));
            Assert.Contains("going to bring a gun", Read(await File.ReadAllBytesAsync(pdf)), StringComparison.Ordinal);
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(pdf));
            Assert.Single(await _house.Get<AuditLog>().AboutAsync(alert.Id, CancellationToken.None), row => row.Action == "alert.exported");
        }
        finally
        {
            folder.Delete(true);
        }
    }

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    private async Task<Alert> CaseAsync(string text)
    {
        await _house.DetectAsync((Some.Post(text), RiskLevel.High));
        await _house.SendDueAsync();
        var alert = await _house.OnlyAlertAsync();
        await _house.Get<AlertActions>().AcknowledgeAsync(alert.Id, "ortega", "cli", CancellationToken.None);
        await _house.SendDueAsync();
        await _house.Get<AlertActions>().CloseAsync(alert.Id, "ortega", "cli", Disposition.Transient, "said in anger", CancellationToken.None);
        await _house.Get<SecondReadingStore>().AddAsync(alert.Id, "lindqvist", Disposition.NotAThreat, "lyrics", CancellationToken.None);
        await _house.Get<SharingStore>().AddAsync(
            alert.Id, new Share(Ids.New(_house.Time.GetUtcNow()), "county sheriff", "MOU of 2025", ["text", "url"], "ortega", _house.Time.GetUtcNow()), CancellationToken.None);
        return alert;
    }

    private async Task<CaseFile> TakenAsync(string text, bool withWords = true) =>
        Assert.IsType<CaseFile>(await _house.Get<CaseFiles>().TakeAsync((await CaseAsync(text)).Id, "ortega", "cli", withWords, CancellationToken.None));

    private async Task<string> PaperAsync(string id, bool withWords = true) =>
        Read(Written(Assert.IsType<CaseFile>(await _house.Get<CaseFiles>().TakeAsync(id, "ortega", "cli", withWords, CancellationToken.None)), new PdfFonts([])));

    private byte[] Written(CaseFile file, PdfFonts fonts)
    {
        using var stream = new MemoryStream();
        _house.Get<CasePdf>().Write(file, stream, fonts);
        return stream.ToArray();
    }

    private async Task<int> ExportAsync(string id, CaseTargets targets)
    {
        await using var output = new StringWriter();
        return await AlertExport.RunAsync(_house.Services, id, targets, "ortega", (output, output), CancellationToken.None);
    }

    /// <summary>What a reader of the file sees, with lines joined.</summary>
    private static string Read(byte[] file)
    {
        using var pdf = PdfDocument.Open(file);
        var text = new StringBuilder();
        foreach (var page in pdf.GetPages())
            text.Append(ContentOrderTextExtractor.GetText(page)).Append(' ');
        return string.Join(' ', text.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
