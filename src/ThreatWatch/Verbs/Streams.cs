using System.Text;

namespace ThreatWatch.Cli.Verbs;

/// <summary>Standard input and output for data: UTF-8 without a mark, buffered, so that ten thousand lines are not ten thousand writes.</summary>
internal static class Streams
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public static TextReader Input(string? file) =>
        file is null or "-" ? new StreamReader(System.Console.OpenStandardInput(), Utf8, false, 1 << 16) : new StreamReader(file, Utf8, true, 1 << 16);

    public static TextWriter Output() => new StreamWriter(System.Console.OpenStandardOutput(), Utf8, 1 << 16);

    /// <summary>Opens a verb's input; null, with a message on stderr, where there is no such file.</summary>
    public static TextReader? TryInput(string? file)
    {
        try
        {
            return Input(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            System.Console.Error.WriteLine($"{file} can't be read: {exception.Message}");
            return null;
        }
    }
}
