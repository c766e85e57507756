using System.Collections.Frozen;

namespace ThreatWatch.Ingest.Sources.Feeds.Dates;

/// <summary>Month names and their abbreviations in the languages that feeds are seen to use.</summary>
internal static class MonthNames
{
    private static readonly string[] Names =
    [
        "jan january januar jänner janvier janv enero ene gennaio gen janeiro januari tammikuu stycznia styczeń sty leden ledna led január ocak oca " +
            "января январь янв січня січ ιαν ιανουαρίου ιανουάριος ianuarie ian gener siječnja januára január",
        "feb february februar febr février févr fev fevr febrero febbraio fevereiro februari helmikuu lutego luty lut února únor úno február şubat şub subat " +
            "февраля февраль фев лютого лют φεβ φεβρουαρίου φεβρουάριος februarie febrer februára",
        "mar march märz mär maerz mrz mars marzo março maart mrt maaliskuu marca marzec března březen bře március márc márciusi mart " +
            "марта март мар березня бер μαρ μάρ μάρτ μαρτίου μάρτιος martie març",
        "apr april avril avr abril abr aprile huhtikuu kwietnia kwiecień kwi dubna duben dub április ápr nisan nis " +
            "апреля апрель апр квітня кві απρ απριλίου απρίλιος aprilie apríla",
        "may mai mayo maggio mag maio mei maj toukokuu maja května květen kvě május máj mayıs " +
            "мая май травня тра μαι μαϊ μάι μαΐ μάϊ μαΐου μάιος maig mája",
        "jun june juni juin junio giugno giu junho kesäkuu czerwca czerwiec cze června červen čvn június jún haziran haz " +
            "июня июнь июн червня чер ιουν ιούν ιουνίου ιούνιος iunie iun juny júna",
        "jul july juli juil juillet julio luglio lug julho heinäkuu lipca lipiec lip července červenec čvc július júl temmuz tem " +
            "июля июль июл липня ιουλ ιούλ ιουλίου ιούλιος iulie iul juliol júla",
        "aug august août aoû aout agosto ago augustus elokuu sierpnia sierpień sie srpna srpen srp augusztus ağustos ağu agustos agu " +
            "августа август авг серпня сер αυγ αύγ αυγούστου αύγουστος agost augusta",
        "sep sept september septembre septiembre settembre set setembro syyskuu września wrzesień wrz září zář szeptember szept eylül eyl eylul " +
            "сентября сентябрь сен сент вересня вер σεπ σεπτ σεπτεμβρίου σεπτέμβριος septembrie setembre septembra",
        "oct october oktober okt octobre octubre ottobre ott outubro out lokakuu października październik paź října říjen říj október ekim eki " +
            "октября октябрь окт жовтня жов οκτ οκτωβρίου οκτώβριος octombrie octubre októbra",
        "nov november novembre noviembre novembro marraskuu listopada listopad lis kasım kas kasim " +
            "ноября ноябрь ноя листопада νοε νοέ νοεμβρίου νοέμβριος noiembrie noi novembra",
        "dec december dezember dez décembre déc diciembre dic dicembre dezembro joulukuu grudnia grudzień gru prosince prosinec pro aralık ara aralik " +
            "декабря декабрь дек грудня гру δεκ δεκεμβρίου δεκέμβριος decembrie desembre des decembra",
    ];

    private static readonly FrozenDictionary<string, int> Months = Build();

    /// <summary>1-12, or 0 for a word that is no month.</summary>
    public static int Find(ReadOnlySpan<char> word)
    {
        if (word.Length is < 3 or > 16)
            return 0;
        Span<char> lower = stackalloc char[16];
        var length = word.ToLowerInvariant(lower);
        return Months.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(lower[..length], out var month) ? month : 0;
    }

    private static FrozenDictionary<string, int> Build()
    {
        var months = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var month = 0; month < Names.Length; month++)
        {
            foreach (var name in Names[month].Split(' '))
                months.TryAdd(name, month + 1);
        }
        return months.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
