using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AlbertCompiled.Training;

/// <summary>What a field of config.json means. A field without a rule is an error.</summary>
/// <param name="Field">Its name there.</param>
abstract record ConfigRule(string Field)
{
    /// <summary>Property of the architecture's attribute that it becomes; null if it becomes none.</summary>
    public virtual string? Property => null;

    /// <summary>True if the property changes how a model is trained, not what it computes.</summary>
    public bool OfTraining { get; init; }

    /// <summary>The property's value as text, from the field or, without one, the format's default.</summary>
    /// <exception cref="InvalidDataException">The value is not one that can be compiled.</exception>
    public abstract string? Read(JsonElement? value);

    /// <summary>The property's value, as a compiled model's description has it, in the form that <see cref="Read"/> returns.</summary>
    public virtual string Normalize(string described) => described;

    /// <summary>The field's value for a property's; null if it is not written.</summary>
    public virtual JsonNode? Write(string value) => null;

    protected InvalidDataException Refuse(JsonElement value, string expected) => new($"{Field} is {value.GetRawText()}, not {expected}");
}

/// <summary>A number of something.</summary>
sealed record Whole(string Field, string Becomes, int Default) : ConfigRule(Field)
{
    public override string Property => Becomes;

    public override string Read(JsonElement? value) =>
        value is not { } v ? Default.ToString(CultureInfo.InvariantCulture)
        : v.ValueKind == JsonValueKind.Number && v.TryGetInt32(out int number) && number > 0 ? number.ToString(CultureInfo.InvariantCulture)
        : throw Refuse(v, "a whole number from 1");

    public override JsonNode Write(string value) => JsonValue.Create(int.Parse(value, CultureInfo.InvariantCulture));
}

/// <summary>A real number in [<paramref name="Least"/>, 1).</summary>
sealed record Real(string Field, string Becomes, double Default, double Least) : ConfigRule(Field)
{
    public override string Property => Becomes;

    public override string Read(JsonElement? value) =>
        value is not { } v ? Text(Default)
        : v.ValueKind == JsonValueKind.Number && v.TryGetDouble(out double number) && number >= Least && number < 1 ? Text(number)
        : throw Refuse(v, $"a number from {Text(Least)} to below 1");

    public override string Normalize(string described) => Text(double.Parse(described, CultureInfo.InvariantCulture));

    public override JsonNode Write(string value) => JsonValue.Create(double.Parse(value, CultureInfo.InvariantCulture));

    static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}

/// <summary>One of some words, each with the value that it becomes. The first that fits is written.</summary>
sealed record Word(string Field, string Becomes, string Default, params (string Said, string Value)[] Words) : ConfigRule(Field)
{
    public override string Property => Becomes;

    public override string Read(JsonElement? value)
    {
        string said = value is not { } v ? Default : v.ValueKind == JsonValueKind.String ? v.GetString()! : throw Refuse(v, Names);
        return Words.FirstOrDefault(w => w.Said == said).Value ?? throw Refuse(value!.Value, Names);
    }

    public override JsonNode? Write(string value) => Words.FirstOrDefault(w => w.Value == value).Said;

    string Names => $"{string.Join(" or ", Words.Select(w => w.Said))}: nothing else is compiled";
}

/// <summary>A field that the compiled model knows with one value only.</summary>
/// <param name="Field">Its name.</param>
/// <param name="Supported">That value as JSON; null and a missing field say the same.</param>
sealed record Only(string Field, string Supported) : ConfigRule(Field)
{
    readonly JsonElement supported = JsonElement.Parse(Supported);

    public override string? Read(JsonElement? value) =>
        value is not { ValueKind: not JsonValueKind.Null } v || IsSupported(v) ? null : throw Refuse(v, $"{Supported}: nothing else is compiled");

    // an object or a list is supported empty, if at all
    bool IsSupported(JsonElement value) => value.ValueKind == supported.ValueKind && value.ValueKind switch
    {
        JsonValueKind.Number => value.TryGetDouble(out double number) && number == supported.GetDouble(),
        JsonValueKind.String => value.ValueEquals(supported.GetString()),
        JsonValueKind.Object => value.GetPropertyCount() == 0,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        _ => true,
    };
}

/// <summary>A field that changes no number of the compiled model.</summary>
sealed record Free(string Field) : ConfigRule(Field)
{
    public override string? Read(JsonElement? value) => null;

    public static IEnumerable<ConfigRule> All(params string[] fields) => fields.Select(f => new Free(f));
}
