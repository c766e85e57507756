using ThreatWatch.Ingest.Sources.Feeds.Dates;

namespace ThreatWatch.Tests.Ingest.Sources.Feeds;

public sealed class FeedDateTests
{
    [Theory]
    [InlineData("Thu, 01 Jan 2004 19:48:21 GMT", "2004-01-01T19:48:21")]
    [InlineData("Thu, 1 Jan 04 19:48 EST", "2004-01-02T00:48:00")]
    [InlineData("01 Jan 2004 19:48:21 +0530", "2004-01-01T14:18:21")]
    [InlineData("Thu, 01 Jan 2004 19:48:21 GMT+0100", "2004-01-01T18:48:21")]
    [InlineData("Thursday, January 01, 2004 7:48:21 PM PDT", "2004-01-02T02:48:21")]
    [InlineData("Thu, 31 Jun 2004 19:48:21 GMT", "2004-07-01T19:48:21")]
    [InlineData("Thu, 01 Jan 2004 24:00:00 GMT", "2004-01-02T00:00:00")]
    [InlineData("Fri, 2006/09/15 08:19:53 EDT", "2006-09-15T12:19:53")]
    [InlineData("Sun Jan  4 16:29:06 2004", "2004-01-04T16:29:06")]
    [InlineData("Sun Jan  4 16:29:06 PST 2004", "2004-01-05T00:29:06")]
    [InlineData("2003-12-31T10:14:55Z", "2003-12-31T10:14:55")]
    [InlineData("2003-12-31T10:14:55.123-08:00", "2003-12-31T18:14:55")]
    [InlineData("2003-12-31T10:14-0800", "2003-12-31T18:14:00")]
    [InlineData("2003-12-31 10:14:55", "2003-12-31T10:14:55")]
    [InlineData("20031231T101455Z", "2003-12-31T10:14:55")]
    [InlineData("20031231", "2003-12-31T00:00:00")]
    [InlineData("2003-335", "2003-12-01T00:00:00")]
    [InlineData("2003335", "2003-12-01T00:00:00")]
    [InlineData("2003-W01-1", "2002-12-30T00:00:00")]
    [InlineData("2003-12", "2003-12-01T00:00:00")]
    [InlineData("2003", "2003-01-01T00:00:00")]
    [InlineData("03-12-31", "2003-12-31T00:00:00")]
    [InlineData("12/31/2003 10:14 PM", "2003-12-31T22:14:00")]
    [InlineData("31/12/2003", "2003-12-31T00:00:00")]
    [InlineData("31.12.2003 10:14", "2003-12-31T10:14:00")]
    [InlineData("1073000901", "2004-01-01T23:48:21")]
    [InlineData("1073000901000", "2004-01-01T23:48:21")]
    [InlineData("2004년 05월 28일 오후 01:31:15", "2004-05-28T04:31:15")]
    [InlineData("2004-05-25 오전 11:23:17", "2004-05-25T02:23:17")]
    [InlineData("Κυρ, 11 Ιούλ 2004 12:00:00 EST", "2004-07-11T17:00:00")]
    [InlineData("2004-július-13T9:15-05:00", "2004-07-13T14:15:00")]
    [InlineData("mar. 06 janv. 2004 10:00:00 +0100", "2004-01-06T09:00:00")]
    [InlineData("6 de enero de 2004", "2004-01-06T00:00:00")]
    [InlineData("Do, 06 Mär 2025 10:00:00 +0100", "2025-03-06T09:00:00")]
    [InlineData("6 января 2004 10:00 MSK", "2004-01-06T07:00:00")]
    [InlineData("2004年5月28日 10:00", "2004-05-28T10:00:00")]
    public void Dates_are_read_however_they_are_written(string text, string expected) =>
        Assert.Equal(expected, FeedDate.Parse(text)?.ToString("yyyy-MM-dd'T'HH:mm:ss", null));

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("2003-99-99")]
    [InlineData("0000-00-00 00:00:00")]
    [InlineData("99999999999999999999")]
    [InlineData("::::")]
    public void What_is_no_date_is_none(string text) => Assert.Null(FeedDate.Parse(text));
}
