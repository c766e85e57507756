using ThreatWatch.Classifier.Text;

namespace ThreatWatch.Tests.Classifier.Text;

public sealed class HashMembersTests
{
    [Fact]
    public void Members_are_known_and_their_neighbours_are_not()
    {
        var members = Enumerable.Range(0, 5000).Select(i => PlainHash.Of($"word{i}")).ToList();
        var set = new HashMembers(members);
        Assert.All(members, member => Assert.True(set.Contains(member)));
        Assert.DoesNotContain(Enumerable.Range(0, 5000).Select(i => PlainHash.Of($"other{i}")), set.Contains);
    }

    [Fact]
    public void Words_that_share_a_place_are_told_apart()
    {
        var set = new HashMembers([0x0000_0001_0000_0003, 0x0000_0002_0000_0003]);
        Assert.True(set.Contains(0x0000_0002_0000_0003));
        Assert.False(set.Contains(0x0000_0003_0000_0003));
    }
}
