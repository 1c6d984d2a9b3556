using System.Globalization;

namespace AlbertCompiled.Training;

/// <summary>What training must know of a model's configuration.</summary>
public static class ModelLimits
{
    /// <summary>Rows of the position table: the longest sequence.</summary>
    /// <exception cref="TrainingException">The architecture has no property Positions.</exception>
    public static int Positions(this ModelDescription model) => Property(model, "Positions");

    /// <summary>Rows of the word table.</summary>
    /// <exception cref="TrainingException">The architecture has no property Vocabulary.</exception>
    public static int Vocabulary(this ModelDescription model) => Property(model, "Vocabulary");

    static int Property(ModelDescription model, string name)
    {
        foreach (var (property, value) in model.Configuration)
            if (property == name && int.TryParse(value, CultureInfo.InvariantCulture, out int number)) return number;
        throw new TrainingException($"the architecture of {model.Name} has no property {name}, which pretraining needs");
    }
}
