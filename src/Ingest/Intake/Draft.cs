using ThreatWatch.Core;
using ThreatWatch.Ingest.Families;
using ThreatWatch.Ingest.Scoping;
using ThreatWatch.Ingest.Sources;

namespace ThreatWatch.Ingest.Intake;

/// <summary>A batch made ready outside of the transaction: texts in normal form, scope decided, and what must be looked up.</summary>
internal sealed class Draft
{
    private readonly List<(SourceItem Item, IReadOnlyList<SchoolMatch> Schools)> _items = [];

    private Draft(SourceOptions source) => Source = source;

    public SourceOptions Source { get; }

    /// <summary>True where posts may be stored.</summary>
    public bool HasPosts { get; private set; }

    /// <summary>External ids of which the store may know revisions.</summary>
    public List<string> Looked { get; } = [];

    /// <summary>Authors of posts that may be stored.</summary>
    public HashSet<string> Authors { get; } = [];

    /// <summary>External ids that were taken back.</summary>
    public List<string> Deleted { get; } = [];

    public List<string> GoneAuthors { get; } = [];

    /// <summary>Items without text.</summary>
    public int Empty { get; private set; }

    /// <summary>Posts that are in nobody's scope.</summary>
    public int Dropped { get; private set; }

    /// <summary>True where nothing is to be stored or taken back.</summary>
    public bool IsIdle => _items.Count == 0 && Empty == 0;

    public static Draft Of(SourceOptions source, SourceBatch batch, Scope scope)
    {
        var draft = new Draft(source);
        foreach (var item in batch.Items)
            draft.Add(item, scope);
        return draft;
    }

    /// <summary>True where a post may become one that the store does not know.</summary>
    public bool HasNew(IReadOnlyDictionary<string, Post> known) => HasPosts && !Looked.TrueForAll(known.ContainsKey);

    /// <summary>Walks the items in their order and says what to store.</summary>
    /// <param name="known">The latest revision of each of <see cref="Looked"/> that the store has.</param>
    /// <param name="optedOut">Authors of whom nothing is stored.</param>
    public Pending Decide(IReadOnlyDictionary<string, Post> known, IReadOnlySet<string> optedOut, FamilyBook families, DateTimeOffset now)
    {
        var pending = new Pending { OutOfScope = Dropped };
        foreach (var (item, schools) in _items)
        {
            switch (item)
            {
                case PostItem { Author: { } author } when optedOut.Contains(author):
                    pending.OutOfScope++;
                    break;
                case PostItem post:
                    pending.Add(IntakeDecision.Decide(Source, post, schools, pending.Latest(post.ExternalId) ?? known.GetValueOrDefault(post.ExternalId), now), families);
                    break;
                case DeletedItem deleted:
                    pending.Remove(post => post.ExternalId == deleted.ExternalId, families);
                    break;
                case AuthorGone gone:
                    pending.Remove(post => post.Author == gone.Author, families);
                    break;
            }
        }

        return pending;
    }

    private void Add(SourceItem item, Scope scope)
    {
        switch (item)
        {
            case PostItem post when IntakeDecision.Normalise(post) is { } normal:
                var schools = scope.Match(normal, Source);
                // Of a post that was in scope once, later revisions are kept even where they name no school any more.
                if (schools.Count == 0 && normal.IsFirst)
                {
                    Dropped++;
                    break;
                }

                HasPosts = true;
                Looked.Add(normal.ExternalId);
                if (normal.Author is { } by)
                    Authors.Add(by);
                _items.Add((normal, schools));
                break;
            case PostItem:
                Empty++;
                break;
            case DeletedItem deleted:
                deleted = new DeletedItem(IntakeDecision.Key(deleted.ExternalId));
                Deleted.Add(deleted.ExternalId);
                _items.Add((deleted, []));
                break;
            case AuthorGone gone when PlainText.Line(gone.Author, PlainText.MaxAuthor) is { } author:
                GoneAuthors.Add(author);
                _items.Add((new AuthorGone(author), []));
                break;
        }
    }

    /// <summary>What a transaction is going to store.</summary>
    internal sealed class Pending
    {
        private readonly Dictionary<string, Post> _latest = [];
        private readonly List<Post> _posts = [];

        public IReadOnlyList<Post> Posts => _posts;

        public int New { get; private set; }

        public int Edited { get; private set; }

        public int Repeated { get; private set; }

        public int OutOfScope { get; set; }

        public Post? Latest(string externalId) => _latest.GetValueOrDefault(externalId);

        public void Add(Decided decided, FamilyBook families)
        {
            switch (decided.Kind)
            {
                case IntakeKind.New:
                    New++;
                    Add(families.Assign(decided.Post!));
                    break;
                case IntakeKind.Edited:
                    Edited++;
                    Add(decided.Post!);
                    break;
                case IntakeKind.Repeated:
                    Repeated++;
                    break;
                case IntakeKind.OutOfScope:
                    OutOfScope++;
                    break;
            }
        }

        /// <summary>Posts that came and went within the batch are never stored.</summary>
        public void Remove(Predicate<Post> gone, FamilyBook families)
        {
            foreach (var post in _posts.FindAll(gone))
            {
                _posts.Remove(post);
                _latest.Remove(post.ExternalId);
                families.Forget(post.Id);
            }
        }

        private void Add(Post post)
        {
            _posts.Add(post);
            _latest[post.ExternalId] = post;
        }
    }
}
