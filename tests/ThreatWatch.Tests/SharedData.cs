namespace ThreatWatch.Tests;

/// <summary>Documents and traffic recorded from the real world, which lie beside the checkout and are not part of it.</summary>
internal static class SharedData
{
    /// <summary>Full path of a file under shared/data; skips the test where there is none.</summary>
    public static string File(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var shared = Path.Combine(folder.FullName, "shared");
            if (System.IO.File.Exists(Path.Combine(shared, "DESIGN.md")))
                return Path.Combine(shared, "data", path);
        }

        Assert.Skip($"RECORDED DATA IS NOT HERE: no shared/DESIGN.md beside the checkout, so that {path} is not tested");
        return "";
    }
}
