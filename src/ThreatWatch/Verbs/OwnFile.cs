namespace ThreatWatch.Cli.Verbs;

/// <summary>A file that holds posts' words: nobody but its owner may read it, and it never replaces one that is there.</summary>
internal static class OwnFile
{
    /// <exception cref="IOException">It exists, or can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is not ours to write in.</exception>
    public static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }
}
