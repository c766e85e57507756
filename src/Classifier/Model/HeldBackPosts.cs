using System.Text.Encodings.Web;
using System.Text.Json;

namespace ThreatWatch.Classifier.Model;

/// <summary>Writes the posts of the corpora that every training holds back, so that <c>evaluate</c> can measure a model on posts it has not seen.</summary>
public static class HeldBackPosts
{
    private static readonly JsonSerializerOptions Plain = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <returns>How many were written.</returns>
    public static int Write(IReadOnlyList<string> dataFolders, TextWriter output)
    {
        var count = 0;
        foreach (var row in TrainingData.Read(dataFolders).Where(row => row.Corpus && row.Part == Trainer.Measured))
        {
            output.WriteLine(JsonSerializer.Serialize(new { row.Text, row.Label, row.Family }, Plain));
            count++;
        }

        return count;
    }
}
