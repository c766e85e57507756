using System.Text.Json;
using ThreatWatch.Core;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Classifier.Verbs;

/// <summary>
/// <c>threatwatch score</c>: NDJSON {"id","text"} in, one judgement a line out, in the order of the input. A bad line costs itself alone.
/// While one batch is judged on all cores the next is read; no more than two are in memory.
/// </summary>
public static class ScoreVerb
{
    private const int BatchLines = 1024;

    // A batch of very long posts ends earlier.
    private const int BatchChars = 4_000_000;

    /// <param name="errors">Says at the end how many lines were bad.</param>
    /// <returns>The exit code: 0.</returns>
    public static async Task<int> RunAsync(
        TextReader input, TextWriter output, TextWriter errors, Assessor assessor, TimeProvider time, CancellationToken cancellationToken)
    {
        var lines = new LineReader(input);
        var bad = 0L;
        Task<List<Line>>? working = null;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var batch = Read(lines);
            if (working is not null)
            {
                foreach (var line in await working)
                {
                    await output.WriteAsync(line.Result);
                    await output.WriteAsync('\n');
                    bad += line.IsBad ? 1 : 0;
                }
            }

            if (batch.Count == 0)
                break;
            working = Task.Run(() => Judge(batch, assessor, time.GetUtcNow()), cancellationToken);
        }

        await output.FlushAsync(cancellationToken);
        if (bad > 0)
            await errors.WriteLineAsync($"{bad} bad line(s)");
        return 0;
    }

    private static List<Line> Read(LineReader lines)
    {
        var batch = new List<Line>(BatchLines);
        for (var chars = 0; batch.Count < BatchLines && chars < BatchChars && lines.Next(out var isTooLong) is { } line;)
        {
            if (line.AsSpan().Trim().IsEmpty)
                continue;
            batch.Add(new Line(lines.Number, line, isTooLong));
            chars += line.Length;
        }

        return batch;
    }

    private static List<Line> Judge(List<Line> batch, Assessor assessor, DateTimeOffset now)
    {
        Parallel.ForEach(batch, line =>
        {
            var (text, id, error) = line.IsBad ? ("", default, $"the line is longer than {LineReader.Longest} characters") : Parse(line.Text);
            line.IsBad = error is not null;
            line.Result = error is null ? Json.Write(Judgement.Of(id, assessor.Assess("", text, now))) : Json.Write(new { line = line.Number, error });
        });
        return batch;
    }

    private static (string Text, JsonElement Id, string? Error) Parse(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                return ("", default, "must be an object with \"id\" and \"text\"");
            if (!root.TryGetProperty("id", out var id) || id.ValueKind is not (JsonValueKind.String or JsonValueKind.Number))
                return ("", default, "\"id\" must be a text or a number");
            if (!root.TryGetProperty("text", out var text) || text.ValueKind != JsonValueKind.String)
                return ("", default, "\"text\" must be a text");
            return (text.GetString()!, id.Clone(), null);
        }
        catch (JsonException exception)
        {
            return ("", default, $"not JSON: {exception.Message}");
        }
        catch (InvalidOperationException)
        {
            return ("", default, "\"text\" holds half a character (an unpaired surrogate)");
        }
    }

    private sealed class Line(int number, string text, bool isTooLong)
    {
        public int Number { get; } = number;

        public string Text { get; } = text;

        public bool IsBad { get; set; } = isTooLong;

        public string Result { get; set; } = "";
    }

    private sealed record Judgement(
        JsonElement Id, RiskLevel Level, Category Category, Probabilities Scores, IReadOnlyList<Reason> Reasons, string ModelVersion, string RulesVersion)
    {
        public static Judgement Of(JsonElement id, Assessment assessment) => new(
            id,
            assessment.Level,
            assessment.Category,
            new Probabilities(Math.Round(assessment.Threat, 6), Math.Round(assessment.SelfHarm, 6)),
            assessment.Reasons,
            assessment.ModelVersion,
            assessment.RulesVersion);
    }

    private sealed record Probabilities(double Threat, double SelfHarm);
}
