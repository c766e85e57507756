using MimeKit;

namespace ThreatWatch.Alerting.Notifying.Email;

/// <summary>Writes e-mails as .eml files, whole or not at all, for a first run without a mail server and for mail servers that fetch them.</summary>
internal static class PickupFolder
{
    private static readonly FormatOptions Format = MakeFormat();

    public static async Task<SendOutcome> WriteAsync(MimeMessage mail, string fileName, string folder, CancellationToken cancellationToken)
    {
        // The same message always has the same name: one that is sent again replaces itself.
        var name = $"{fileName}.eml";
        var draft = Path.Combine(folder, $".{name}.{Guid.NewGuid():N}.tmp");
        try
        {
            Create(folder);
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            await using (var stream = new FileStream(draft, options))
            {
                await mail.WriteToAsync(Format, stream, cancellationToken);
                stream.Flush(flushToDisk: true);
            }

            File.Move(draft, Path.Combine(folder, name), overwrite: true);
            return new SendOutcome.Sent($"<{mail.MessageId}>", $"written to {name}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new SendOutcome.RetryLater(null, $"the pickup folder can't be written: {exception.GetType().Name}");
        }
    }

    // Posts and addresses lie in it: nobody else on the machine may look.
    private static void Create(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else if (!Directory.Exists(folder))
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static FormatOptions MakeFormat()
    {
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        return format;
    }
}
