using static AlbertCompiled.Library;
using static AlbertCompiled.Primitives;

namespace AlbertCompiled.Tests.Compiler;

/// <summary>Chooses in the tour.</summary>
public enum Colour { Red, Green, Blue }

/// <summary>Configuration of the tour.</summary>
[Definition]
public sealed class TourAttribute : ArchitectureAttribute<TourGraph>
{
    public int Seven { get; set; } = 7;
    public int Big { get; set; } = 1_000;
    public double Half { get; set; } = 0.5;
    public double Whole { get; set; } = 2;
    public bool Yes { get; set; } = true;
    public Colour Colour { get; set; } = Colour.Green;
    public string Word { get; set; } = "word";
    public int Twice => 2 * Seven;
    public int Times(int by, int plus = 1) => Seven * by + plus;
}

/// <summary>
/// All the C# that a definition may use. What an expression is becomes the size, scale or name of a weight, so that the compiler's
/// evaluation can be held against the real one: this class also runs.
/// </summary>
[Definition]
public sealed class TourGraph(TourAttribute c) : ModelGraph
{
    sealed record Pair(int First, double Second = 1.5)
    {
        public int Sum => First + (int)Second;

        public int Scaled(int by) => by * First;
    }

    sealed record Nest(Pair Left, Pair? Right);

    const int Three = 3;
    static readonly int[] Squares = [1, 4, 9, 16];

    static Tensor N(string name, int size) => Weight(name, size, Initial.Zero);

    static Tensor D(string name, double scale) => Weight(name, 1, 1, Initial.Normal(scale));

    readonly Tensor[] arithmetic =
    [
        N("a0", 1 + 2 * 3 - 4 / 3), N("a1", (1 + 2) * 3), N("a2", -7 / 2 + 10), N("a3", -7 % 3 + 10), N("a4", 7 - 2 - 1), N("a5", +5), N("a6", -(-6)),
        N("a7", c.Big * c.Big / 10_000), N("a8", int.MaxValue / 100_000_000), N("a9", 0x1F), N("a10", 0b101), N("a11", 1_000), N("a12", c.Seven + c.Twice),
        N("a13", c.Times(2)), N("a14", c.Times(plus: 3, by: 2)), N("a15", Three), N("a16", Squares[2]), N("a17", Squares.Length), N("a18", Math.Max(3, 4) - Math.Min(1, 2)),
    ];

    readonly Tensor[] doubles =
    [
        D("d0", 1 / 2), D("d1", 1 / 2.0), D("d2", c.Half * 3), D("d3", c.Whole / 4), D("d4", (double)c.Seven / 2), D("d5", (int)3.99), D("d6", Math.Sqrt(2) + Math.PI),
        D("d7", Math.Exp(1) - Math.Log(2)), D("d8", Math.Max(1.5, 1)), D("d9", 1e-12), D("d10", .5), D("d11", c.Yes ? 0.25 : 4), D("d12", c.Half % 0.3), D("d13", Halve(3)), D("d14", Halve(c.Seven)),
        D("d15", (c.Yes ? 1 : 2.5) / 2), D("d16", (c.Yes ? 1 : c.Half) / 2), D("d17", (c.Yes ? c.Seven : Halve(1)) / 2), D("d18", (c.Yes ? c.Seven : Three) / 2),
        D("d19", c.Seven switch { 7 => 3, 8 => 4, _ => -(0.5 + 1) } / 2), D("d20", new[] { 1, 2.5 }[0] / 2), D("d21", new[] { 1, 2 }[0] / 2), D("d22", (c.Yes ? 1 : Math.Max(2, 3)) / 2),
        D("d23", (c.Yes ? 1 : Math.Max(2, 3.5)) / 2), D("d24", (c.Yes ? 1 : new Pair(1).Second) / 2), D("d25", Mixed()), D("d28", (c.Yes ? 1 : Nested().Left.Second) / 2), D("d29", (c.Yes ? 1 : Nested().Left.First) / 2), D("d26", (c.Yes ? 1 : (double)2) / 2), D("d27", (c.Yes ? 1 : Math.PI) / 2),
    ];

    // what a number becomes where it goes
    readonly Tensor[] conversions =
    [
        D("v0", Inferred(c.Yes)), D("v1", Parts()), D("v2", Counted()), D("v3", Overload(Inferred(true))), D("v4", Elements()), D("v5", Chosen(c.Yes)), D("v6", (c.Yes ? 1 : RateOf((1, 2.5)).Rate) / 2),
        D("v7", (c.Yes ? 1 : new Pair(1, 2).Second) / 2), D("v8", Each(2, double (int i) => i)[1] / 2), D("v9", Each<double>(2, i => i)[1] / 2), D("v10", Truncated()), D("v11", Unknown(c.Yes)),
    ];

    readonly Tensor[] choices =
    [
        N("c0", c.Yes && !(1 > 2) || false ? 1 : 2), N("c1", c.Colour is Colour.Red or Colour.Green ? 1 : 2), N("c2", c.Colour is not Colour.Green ? 1 : 2),
        N("c3", c.Colour switch { Colour.Red => 1, Colour.Green => 2, _ => 3 }), N("c4", c.Seven is > 3 and < 10 ? 1 : 2), N("c5", c.Seven switch { < 5 => 1, 7 or 8 => 2, _ => 3 }),
        N("c6", c.Colour == Colour.Blue ? 1 : 2), N("c7", c.Word == "word" ? 1 : 2), N("c8", c.Seven != 7 ? 1 : 2), N("c9", 1.0 < 2 ? 1 : 2), N("c10", c.Seven is 7 ? 1 : 2),
        N("c11", c.Yes == false ? 1 : 2), N("c12", c.Word switch { "other" => 1, _ => 2 }), N("c13", false && 1 / (c.Seven - 7) > 0 ? 1 : 2), N("c14", c.Colour is (Colour.Blue or Colour.Red) ? 1 : 2),
    ];

    readonly Tensor[] names =
    [
        N($"s.{c.Word}.{1 + 1}", 1), N("t" + 3 + c.Word, 1), N($"u{c.Half}{c.Yes}{c.Colour}{{}}", 1), N(c.Word + c.Colour + 1.25, 1), N($"""v"{c.Word}" """, 1), N(@"w\", 1), N("x\t\u0041", 1), N($@"y\{{{1}", 1), N($$"""z{}{{2}}""", 1),
    ];

    readonly Tensor[] structures =
    [
        N("r0", new Pair(3).Sum), N("r1", new Pair(Second: 2.5, First: 3).Scaled(2)), N("r2", Nested().Left.First), N("r3", Nested().Right is null ? 1 : 2), N("r4", Nested(new(4)).Right!.Sum),
        N("r5", Tuples().Item1 + Tuples().Second), N("r6", Deconstructed()), N("r7", Arrays()), N("r8", new[] { 4, 5, 6 }[1]), N("r9", new int[3].Length + 1), N("r10", Swap()),
    ];

    readonly Tensor[] statements = [N("p0", Sum(10)), N("p1", Even(9)), N("p2", Shadow(3)), N("p3", Compound(3)), N("p4", Early(3) + Early(-3)), N("p6", Factorial(5)), N("p7", Unset())];

    readonly Tensor[] made = Each(3, i => N($"e{i}", i + 1));
    readonly Tensor[][] grid = Each(2, i => Each(2, j => N($"g{i}{j}", 2 * i + j + 1)));
    readonly LinearLayer? absent = c.Yes ? null : new(N("never", 1), N("never either", 1));
    readonly LinearLayer line = new(Weight("line", 3, 4, Initial.One), N("line.bias", 3));

    Tensor Square { get; } = Weight("square", c.Seven, c.Seven, Initial.Sinusoidal(c.Half));

    static double Halve(double x) => x / 2;

    static double Inferred(bool yes)
    {
        var x = 1.0;
        if (yes) x = 2;
        var y = 0.0;
        y = 7;
        y += 0.75;
        return x / 4 + y;
    }

    static double Parts()
    {
        var (a, b) = (1.0, 2.0);
        (a, b) = (3, 5);
        var pair = (First: 1.0, 2);
        pair = (7, 3);
        return a / 2 + b / 2 + pair.First / 2 + pair.Item2 / 2;
    }

    static double Counted()
    {
        var n = 0.0;
        n = 3;
        n++;
        double sum = 0;
        for (var i = 0.0; i < 2; i = 1 + i) sum += 1 / (i + 3);
        return n / 8 + sum;
    }

    static double Overload(double x) => x;

    static int Overload(int x) => 2 * x;

    static double Elements()
    {
        var a = new[] { 1.0, 2 };
        a[0] = 5;
        double sum = 0;
        foreach (double item in new[] { 1, 3 }) sum += item / 2;
        foreach (var item in a) sum += item / 2;
        return sum;
    }

    static double Truncated()
    {
        int sum = 0;
        foreach (int item in new[] { 1.9, 2.9 }) sum += item;
        return sum;
    }

    static (int Count, double Rate) RateOf((int Count, double Rate) rate) => rate;

    static double Chosen(bool yes)
    {
        double[] rates = [0.5, 1];
        var rate = (Count: 3, Rate: 0.5);
        return (yes ? 1 : rate.Rate) / 2 + (yes ? 1 : (rates)[0]) / 2 + (yes ? 1 : rate.Count) / 2 + (yes ? 1 : rates.Length) / 2 + (yes switch { true => 3, false => rates[1] }) / 2;
    }

    static double Unknown(bool yes) => (yes ? 1 : (double)RateOf((1, 2)).Count) / 2;

    static double Mixed()
    {
        var a = new double[2];
        a[0] = 1;
        var pair = new Pair(1);
        int i = 7;
        i /= 2.0 > 1 ? 2 : 3;
        i += 3;
        i *= (int)1.5;
        double x = 3;
        x /= 2;
        var y = i > 100 ? 1 : pair.Second;
        var z = i < 100 ? 1 : pair.Second;
        return a[0] / 2 + i / 4 + x + y / 2 + z / 2 + (i < 100 ? 1 : a[1]) / 2;
    }

    static Nest Nested(Pair? right = null) => new(new(2, 3), right);

    static (int, int Second) Tuples() => (1, 2);

    static int Deconstructed()
    {
        var (a, (b, _)) = (1, (2, 3));
        (int x, double y) = new Pair(4, 2.0);
        int z;
        (z, _) = (a + b, 0);
        return x + (int)y + z;
    }

    static int Arrays()
    {
        int[] first = [1, 2, 3];
        int[] all = [.. first, 4, .. Squares];
        var made = new int[2];
        made[1] = all[4];
        made[0] += all.Length;
        var alias = made;
        alias[1] += 10;
        int sum = 0;
        foreach (int item in made) sum += item;
        foreach (var (a, b) in new[] { (1, 2), (3, 4) }) sum += a * b;
        return sum;
    }

    static int Swap()
    {
        int a = 1, b = 20;
        (a, b) = (b, a);
        return a - b;
    }

    static int Sum(int n)
    {
        int sum = 0;
        for (int i = 0, step = 2; i < n; i += step) sum += i;
        return sum;
    }

    static int Even(int n)
    {
        int count = 0;
        for (int i = n; i > 0; i--)
        {
            if (i % 2 == 0) count++;
            else if (i == 9) count += 100;
            else { }
        }

        return count;
    }

    static int Shadow(int x)
    {
        {
            int y = x + 1;
            x = y * 2;
        }

        {
            int y = x + 1;
            x = y;
        }

        return x;
    }

    static int Compound(int x)
    {
        x *= 10;
        x -= 3;
        x /= 2;
        x %= 8;
        ++x;
        x += (int)0.9;
        return x;
    }

    static int Early(int x)
    {
        if (x < 0) return 1;
        for (int i = 0; ; i++)
        {
            if (i * i > x) return i;
        }
    }

    static int Factorial(int n) => n <= 1 ? 1 : n * Factorial(n - 1);

    static int Unset()
    {
        int x;
        if (Squares[0] > 2) x = 5; else x = 6;
        return x;
    }

    public Outputs Pretraining(TokenBatch batch)
    {
        if (Square is null || line is null || c.Yes && absent is not null || arithmetic.Length + doubles.Length + choices.Length + names.Length + structures.Length + statements.Length + made.Length + grid.Length == 0)
            throw new ArgumentException("everything above was declared");
        return new Outputs(("loss", ColumnSum(RowSum(Rows(Square, batch.Tokens)))));
    }
}
