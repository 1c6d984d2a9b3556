using AlbertCompiled.Generators.Graph;

namespace AlbertCompiled.Generators.Emit;

/// <summary>How a device's kernels write what every kernel does. The order of instructions is the program's, on all devices the same.</summary>
internal abstract class Dialect
{
    readonly HashSet<string> taken = [];
    readonly Dictionary<string, string> own = [];

    /// <summary>Names of fields and values, which the names that are printed around them leave alone.</summary>
    public void Reserve(IEnumerable<string> names) => taken.UnionWith(names);

    /// <summary>A name for something that is printed around fields and values: the same whenever it is asked for.</summary>
    public string Own(string name)
    {
        if (own.TryGetValue(name, out string? known)) return known;
        string unique = name;
        for (int i = 2; !taken.Add(unique); i++) unique = FormattableString.Invariant($"{name}_{i}");
        return own[name] = unique;
    }

    /// <summary>The type of a buffer.</summary>
    public abstract string TypeOf(Lower.Buffer buffer);

    /// <summary>The type of an index vector.</summary>
    public abstract string Integers { get; }

    /// <summary>The type of a dropout site's key.</summary>
    public virtual string Key => "uint";

    /// <summary>The type of a size that a batch brings.</summary>
    public virtual string Count => "float";

    /// <summary>Such a size as a number.</summary>
    public virtual string CountOf(string name) => name;

    /// <summary>The interface of row kernels.</summary>
    public abstract string RowKernel { get; }

    /// <summary>Declares what a row kernel keeps of a row between two passes, or null where memory does that.</summary>
    public virtual string? DeclareKept(string name) => null;

    /// <summary>The first pass's read of what is kept.</summary>
    public virtual string LoadKept(string type, string name, string element) => Load(type, element);

    /// <summary>A later pass's.</summary>
    public virtual string LoadAgain(string type, string name, string element) => Load(type, element);

    /// <summary>The write of what later passes read.</summary>
    public virtual string StoreKept(string type, string name, string element, string value) => Store(type, element, value, accumulate: false);

    /// <summary>The member that tells a row kernel's memory traffic; null if nobody asks.</summary>
    public virtual string? BytesPerRow(int bytes) => null;

    /// <summary>The interface of epilogues.</summary>
    public abstract string Epilogue { get; }

    /// <summary>Heading of a row kernel's method.</summary>
    public virtual string RunHeading => "public void Run(int begin, int end, int chunk)";

    /// <summary>Heading of an epilogue's method.</summary>
    public abstract string ApplyHeading { get; }

    /// <summary>The interface of epilogues that return what the runtime sums by columns.</summary>
    public virtual string SummedEpilogue => throw new NotSupportedException();

    /// <summary>Heading of such an epilogue's method.</summary>
    public virtual string SummedApplyHeading => throw new NotSupportedException();

    /// <summary>The type of the elements inside an epilogue.</summary>
    public abstract string EpilogueType { get; }

    /// <summary>Printed above a method that should be compiled well, or null.</summary>
    public abstract string? Attribute(bool inline);

    /// <summary>Declares where a row of a buffer begins: {start}Row.</summary>
    public abstract string RowStart(string name, string start, string row, int stride);

    /// <summary>An element of the row that <see cref="RowStart"/> declared.</summary>
    public abstract string OwnElement(string name, string start, string column);

    /// <summary>An element of a buffer whose only row is the same for all rows.</summary>
    public abstract string SharedElement(string name, string column);

    /// <summary>An element inside an epilogue.</summary>
    public abstract string EpilogueElement(string name, int stride);

    /// <summary>Whether an epilogue says how much it computes, by which the runtime chooses tiles.</summary>
    public virtual bool EpilogueTellsOperations => false;

    /// <summary>Heading of an epilogue's method that asks for memory ahead of time, or null where there is none.</summary>
    public virtual string? PrefetchHeading => null;

    /// <summary>Asks for the cache line of an element.</summary>
    public virtual string Prefetch(string element) => throw new NotSupportedException();

    public abstract string Load(string type, string element);

    public abstract string Store(string type, string element, string value, bool accumulate);

    /// <summary>How tightly a value must bind to be stored (see <see cref="Expressions"/>).</summary>
    public virtual int StoredPrecedence => 4;

    /// <summary>Reads a value per row.</summary>
    public virtual string LoadPerRow(Lower.Buffer buffer, string place) => place;

    /// <summary>Writes a value per row.</summary>
    public abstract string StorePerRow(Lower.Buffer buffer, string place, string value, bool accumulate);

    /// <summary>Begins the partial sums of a chunk, of so many columns: in front of its rows.</summary>
    public void BeginPartials(CSharpWriter w, string name, int columns) =>
        w.Lines(columns == 1 ? $"float {SumOf(name)} = 0f;" : BeginPartials(name, columns));

    /// <summary>Adds a value per row to the partial sum of the only column.</summary>
    public string AddToPartial(string name, string value) => $"{SumOf(name)} += {value};";

    /// <summary>Adds an element to the partial sum of its column.</summary>
    public virtual string AddToPartials(string type, string name, string column, string value) => Store(type, OwnElement(name, name, column), value, accumulate: true);

    /// <summary>Ends them: behind the rows.</summary>
    public void EndPartials(CSharpWriter w, string name, int columns)
    {
        if ((columns == 1 ? StoreOnce($"{name}[chunk]", SumOf(name)) : EndPartials(name)) is { } line) w.Line(line);
    }

    /// <summary>What begins the partial sums of several columns.</summary>
    protected abstract string BeginPartials(string name, int columns);

    /// <summary>What ends them, or null.</summary>
    protected virtual string? EndPartials(string name) => null;

    /// <summary>Writes a float that is the same whoever computes the rows.</summary>
    protected virtual string StoreOnce(string place, string value) => $"{place} = {value};";

    /// <summary>The variable of a partial sum.</summary>
    protected string SumOf(string name) => Own((name.EndsWith("Partials", StringComparison.Ordinal) ? name.Substring(0, name.Length - "Partials".Length) : name) + "Sum");

    /// <summary>A function of elements, with its precedence (see <see cref="Expressions"/>).</summary>
    public abstract (string Text, int Precedence) Function(string type, Op op, IReadOnlyList<string> arguments);

    /// <summary>A quotient of operands that bind tightly enough, with its precedence.</summary>
    public virtual (string Text, int Precedence) Quotient(string type, string a, string b) => ($"{a} / {b}", 2);

    /// <summary>A value as a vector, where it may be a float.</summary>
    public virtual string Widen(string type, string value) => value;

    public abstract string OneHot(string type, string column, string index);

    public abstract string KeepMask(string type, string arguments);

    /// <summary>Prints the loops over the columns of a row and, around them, the accumulators of its reductions.</summary>
    public abstract void ColumnLoops(CSharpWriter w, int columns, IReadOnlyList<Lower.Reduce> reductions, Action<string, string> body);

    /// <summary>Adds an element to a reduction's accumulator.</summary>
    public abstract string Accumulate(string type, Lower.Reduce reduction, string value);
}
