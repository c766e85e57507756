using System.Xml.Linq;

namespace ThreatWatch.Tests.Architecture;

/// <summary>Who may lean on whom: Core, then Platform, then the four services, then the executable; and each driver in its room.</summary>
public sealed class DependencyTests
{
    private static readonly string[] Services = ["Ingest", "Classifier", "Alerting", "Console"];

    public static TheoryData<string, string> DriverRooms => new()
    {
        { "RabbitMQ.Client", "src/Platform/Queue/" },
        { "Npgsql", "src/Platform/Storage/" },
        { "Microsoft.Data.Sqlite", "src/Platform/Storage/" },
        { "Dapper", "src/Platform/Storage/" },
        { "DbUp", "src/Platform/Storage/" },
        { "Microsoft.ML", "src/Classifier/Model/" },
        { "ScottPlot", "src/Classifier/Model/" },
        { "MailKit", "src/Alerting/Notifying/Email/" },
        { "MimeKit", "src/Alerting/Notifying/Email/" },
        { "PdfSharp", "src/Console/Cases/" },
        { "Serilog", "src/Platform/Hosting/" },
    };

    [Fact]
    public void Core_leans_on_nothing_but_the_framework()
    {
        Assert.DoesNotContain(House.Rooms["Core"].GetReferencedAssemblies(), name => !name.Name!.StartsWith("System", StringComparison.Ordinal));
        Assert.Empty(Elements("Core", "PackageReference"));
        Assert.Empty(Elements("Core", "FrameworkReference"));
    }

    [Theory]
    [InlineData("Core", new string[0])]
    [InlineData("Platform", new[] { "Core" })]
    [InlineData("Ingest", new[] { "Core", "Platform" })]
    [InlineData("Classifier", new[] { "Core", "Platform" })]
    [InlineData("Alerting", new[] { "Core", "Platform" })]
    [InlineData("Console", new[] { "Core", "Platform" })]
    public void A_room_leans_only_on_those_below_it(string room, string[] below)
    {
        var leansOn = House.Rooms[room].GetReferencedAssemblies().Select(name => name.Name!)
            .Where(name => name.StartsWith("ThreatWatch.", StringComparison.Ordinal)).Select(name => name["ThreatWatch.".Length..]);

        Assert.Empty(leansOn.Except(below));
        Assert.Empty(Elements(room, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path)).Except(below));
    }

    [Fact]
    public void Nothing_leans_on_the_executable_and_no_service_is_missing_from_it()
    {
        Assert.DoesNotContain(House.Rooms.Values, assembly => assembly.GetReferencedAssemblies().Any(name => name.Name == "threatwatch"));
        Assert.Equal(Services.Order(), Elements("ThreatWatch", "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path)).Order());
    }

    [Theory]
    [MemberData(nameof(DriverRooms))]
    public void A_driver_stays_in_its_room(string driver, string room)
    {
        var strays = House.Files("src").Where(file => !file.StartsWith(room, StringComparison.Ordinal))
            .Where(file => System.Text.RegularExpressions.Regex.IsMatch(House.Code(file), $@"(?<![\w.]){System.Text.RegularExpressions.Regex.Escape(driver)}(?!\w)"));

        Assert.Empty(strays);
    }

    [Fact]
    public void Every_package_is_pinned_in_one_place()
    {
        var files = House.Files("src", "*.csproj").Concat(House.Files("tests", "*.csproj")).Concat(House.Files("bench", "*.csproj"));

        Assert.DoesNotContain(files, file => XDocument.Parse(House.Read(file)).Descendants("PackageReference").Any(package => package.Attribute("Version") is not null));
        var versions = XDocument.Parse(House.Read("Directory.Packages.props")).Descendants("PackageVersion").ToList();
        Assert.NotEmpty(versions);
        Assert.DoesNotContain(versions, package => package.Attribute("Version")!.Value.Contains('*', StringComparison.Ordinal));
        // Every Microsoft.Extensions package is of the line that the framework itself is of.
        Assert.All(
            versions.Where(package => package.Attribute("Include")!.Value.StartsWith("Microsoft.Extensions.Hosting", StringComparison.Ordinal)),
            package => Assert.StartsWith("10.0.", package.Attribute("Version")!.Value, StringComparison.Ordinal));
    }

    private static List<string> Elements(string room, string element) =>
    [
        .. XDocument.Parse(House.Read($"src/{room}/{room}.csproj")).Descendants(element).Select(found => found.Attribute("Include")!.Value.Replace('\\', '/')),
    ];
}
