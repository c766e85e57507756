using System.Security.Cryptography;
using System.Text;
using ThreatWatch.Platform.Hosting;
using ThreatWatch.Platform.Storage;

namespace ThreatWatch.Alerting.Acknowledging;

/// <summary>The key under links in messages: the configured one, or one made at the first start and kept beside the database.</summary>
internal static class SigningKey
{
    private const string FileName = "signing.key";

    public static byte[] Load(HttpOptions http, StorageOptions storage, string configFolder)
    {
        if (!http.SigningKey.IsEmpty)
            return SHA256.HashData(Encoding.UTF8.GetBytes(http.SigningKey.Reveal()));
        var file = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(storage.Path, configFolder))!, FileName);
        if (!File.Exists(file))
            Make(file);
        return Convert.FromBase64String(File.ReadAllText(file).Trim());
    }

    private static void Make(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var draft = $"{file}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(draft, options))
            stream.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))));
        try
        {
            File.Move(draft, file, overwrite: false);
        }
        catch (IOException) when (File.Exists(file))
        {
            File.Delete(draft); // Another process was first; its key is the one.
        }
    }
}
