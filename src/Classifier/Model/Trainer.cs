using System.Text.Json;
using ThreatWatch.Classifier.Model.Encoders;

namespace ThreatWatch.Classifier.Model;

/// <summary>
/// Trains a model from folders of labelled posts and puts it in place, unless the model already there judges the held-back part better.
/// A tenth is held back for measuring and a tenth for calibrating, by hash, so that every training holds back the same posts.
/// </summary>
public static class Trainer
{
    internal const int Measured = 0;
    private const int Calibrated = 1;

    /// <summary>How much worse than its predecessor, in log loss, a model may be and still replace it: noise, not licence.</summary>
    private const double Tolerance = 1.02;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Returns 0 when the new model is in place or families were left out, 1 when the old one stays, 2 when there is nothing to learn from.</summary>
    /// <param name="plan">What is learnt from and where the model goes.</param>
    /// <param name="progress">Takes lines to read.</param>
    /// <param name="ct">Stops the training; the old model stays.</param>
    public static int Run(TrainingPlan plan, TextWriter progress, CancellationToken ct)
    {
        var rows = TrainingData.Read(plan.Data);
        var threats = rows.Count(row => row.Is(Category.Threat));
        progress.WriteLine($"{rows.Count} different posts, {rows.Count(row => row.Corpus)} of them from corpora; {threats} threats, {rows.Count(row => row.Is(Category.SelfHarm))} of self-harm.");
        if (threats == 0 || threats == rows.Count)
        {
            progress.WriteLine("Training needs threats and other posts: nothing to learn from.");
            return 2;
        }

        var model = Fit(plan, rows, progress, ct);
        ct.ThrowIfCancellationRequested();
        var held = rows.Where(row => row.Part == Measured).ToList();
        return plan.Without.Count == 0 ? Place(model, held, plan.Out, progress) : LeftOut.Measure(model, rows, plan, progress);
    }

    private static ModelFile Fit(TrainingPlan plan, List<TrainingRow> rows, TextWriter progress, CancellationToken ct)
    {
        var basis = plan.Base is null ? null : new BaseEncoder(plan.Base);
        var kept = basis is null ? Kept(plan.Encoder ?? plan.Out, progress) : null;
        var fitting = new Fitting(rows, ct);
        progress.WriteLine("Features read. Fitting...");
        var opinions = fitting.Fit(row => row.Part is not Measured and not Calibrated && !plan.LeavesOut(row), basis, plan.Passes, kept, progress, ct);
        var judged = fitting.Judge(opinions, row => row.Part == Calibrated && !plan.LeavesOut(row));
        var threat = Blend.Fit([.. judged.Select(j => (j.Threat, j.Row.Is(Category.Threat), Counts(j.Row)))]);
        var selfHarm = Blend.Fit([.. judged.Select(j => (j.SelfHarm, j.Row.Is(Category.SelfHarm), Counts(j.Row)))]);
        return new ModelFile(opinions.Linear, opinions.Committee, opinions.Encoder, threat, selfHarm);
    }

    /// <summary>There are four posts of public sets to each of the corpora, and they are easy: counted in full they would make all else look easy.</summary>
    private static double Counts(TrainingRow row) => row.Corpus ? 1 : 0.3;

    private static int Place(ModelFile model, List<TrainingRow> held, string outFolder, TextWriter progress)
    {
        var bytes = model.ToBytes();
        var detector = new Detector(ModelFile.FromBytes(bytes), ModelFile.VersionOf(bytes));
        var measured = HeldBack.Measure(detector, held);
        foreach (var line in measured.Lines())
            progress.WriteLine(line);
        var path = Path.Combine(outFolder, ModelFile.Name);
        if (File.Exists(path) && IsWorse(measured, held, outFolder, progress))
            return 1;
        Directory.CreateDirectory(outFolder);
        File.WriteAllBytes(path + ".new", bytes);
        File.Move(path + ".new", path, overwrite: true);
        File.WriteAllText(Path.Combine(outFolder, "metrics.json"), JsonSerializer.Serialize(measured, Indented) + "\n");
        progress.WriteLine($"Model {detector.Version} is in place: {bytes.Length / 1024} KB.");
        return 0;
    }

    private static Encoder? Kept(string folder, TextWriter progress)
    {
        var encoder = InPlace(folder)?.Encoder;
        progress.WriteLine(encoder is null ? $"There is no encoder in {folder}: the model does without one, and finds far less." : $"The encoder in {folder} is kept.");
        return encoder;
    }

    /// <summary>The model in place, or null when there is none that can be read.</summary>
    internal static ModelFile? InPlace(string folder)
    {
        try
        {
            var path = Path.Combine(folder, ModelFile.Name);
            return File.Exists(path) ? ModelFile.FromBytes(File.ReadAllBytes(path)) : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static bool IsWorse(HeldBack measured, List<TrainingRow> held, string outFolder, TextWriter progress)
    {
        HeldBack old;
        try
        {
            old = HeldBack.Measure(Detector.Load(outFolder), held);
        }
        catch (InvalidDataException error)
        {
            progress.WriteLine($"The model in place can't be read ({error.Message}) and is replaced.");
            return false;
        }

        if (measured.Loss <= old.Loss * Tolerance)
            return false;
        progress.WriteLine($"Refused: log loss on the held-back part is {measured.Loss:F4}, with the model in place {old.Loss:F4}. The old model stays.");
        return true;
    }
}
