using Microsoft.Extensions.Hosting;

namespace ThreatWatch.Tests.Architecture;

/// <summary>The shape of the house: small files, shallow folders, names that say what a thing is.</summary>
public sealed class ShapeTests
{
    private static readonly string[] NamesThatSayNothing = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Impl", "DTO", "Dto"];
    private static readonly string[] FoldersThatSayNothing = ["Common", "Services", "Interfaces", "Models", "Helpers", "Utils"];

    [Fact]
    public void No_file_is_longer_than_300_lines()
    {
        var files = House.Files("src").Concat(House.Files("tests")).Concat(House.Files("bench")).ToList();

        Assert.True(files.Count > 50);
        Assert.Empty(files.Select(file => (file, Lines: House.Read(file).Split('\n').Length - 1)).Where(pair => pair.Lines > 300));
    }

    [Fact]
    public void Folders_are_at_most_three_deep_below_a_project() =>
        Assert.Empty(House.Files("src").Concat(House.Files("tests")).Where(file => file.Split('/').Length - 3 > 3));

    [Fact]
    public void No_folder_is_named_after_a_kind_of_code() =>
        Assert.Empty(House.Files("src").Where(file => file.Split('/').SkipLast(1).Any(FoldersThatSayNothing.Contains)));

    [Fact]
    public void No_file_is_a_drawer_for_extensions() =>
        Assert.Empty(House.Files("src").Where(file => file.EndsWith("/Extensions.cs", StringComparison.Ordinal)));

    [Fact]
    public void No_type_has_a_name_that_says_nothing() =>
        Assert.Empty(House.Types.Where(type => NamesThatSayNothing.Any(name => type.Name.Split('`')[0].EndsWith(name, StringComparison.Ordinal))));

    [Fact]
    public void A_type_lies_in_the_folder_of_its_namespace()
    {
        foreach (var file in House.Files("src"))
        {
            var folder = file.Split('/')[1..^1];
            var line = House.Read(file).Split('\n').FirstOrDefault(text => text.StartsWith("namespace ", StringComparison.Ordinal));
            if (line is null)
                continue;
            var root = folder[0] == "ThreatWatch" ? "ThreatWatch.Cli" : $"ThreatWatch.{folder[0]}";
            Assert.Equal((file, string.Join('.', [root, .. folder[1..]])), (file, line["namespace ".Length..].TrimEnd(';', '\r')));
        }
    }

    [Fact]
    public void Only_sealed_workers_run_in_the_background()
    {
        var background = House.Types.Where(type => typeof(IHostedService).IsAssignableFrom(type) && !type.IsInterface).ToList();

        Assert.NotEmpty(background);
        Assert.Empty(background.Where(type => !type.IsSealed || !type.Name.EndsWith("Worker", StringComparison.Ordinal) || type.BaseType != typeof(BackgroundService)));
        Assert.Empty(House.Types.Where(type => type.Name.EndsWith("Worker", StringComparison.Ordinal)).Except(background));
    }

    [Fact]
    public void An_interface_has_at_least_two_implementations()
    {
        var classes = House.Types.Where(type => type is { IsClass: true, IsAbstract: false }).ToList();

        Assert.Empty(House.Types.Where(type => type.IsInterface)
            .Where(contract => classes.Count(candidate => candidate.GetInterfaces().Any(face => face == contract || (face.IsGenericType && face.GetGenericTypeDefinition() == contract))) < 2));
    }

    [Fact]
    public void Classes_that_nothing_derives_from_are_sealed()
    {
        var bases = House.Types.Select(type => type.BaseType is { IsGenericType: true } generic ? generic.GetGenericTypeDefinition() : type.BaseType).ToHashSet();

        Assert.Empty(House.Types.Where(type => type is { IsClass: true, IsSealed: false, IsAbstract: false } && !bases.Contains(type) && type.Name != "Program"));
    }
}
