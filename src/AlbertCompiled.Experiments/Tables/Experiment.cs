using AlbertCompiled.Training;

namespace AlbertCompiled.Experiments;

/// <summary>What is done for a row.</summary>
public enum Measurement
{
    /// <summary>A small model is trained and scored.</summary>
    Training,

    /// <summary>Throughput is measured.</summary>
    Speed,

    /// <summary>Parameters are counted.</summary>
    Counting,
}

/// <summary>A configuration of ours beside one of the paper.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Configuration">The compiled model.</param>
/// <param name="Paper">The paper's figures, one for each of its columns.</param>
/// <param name="Objective">The second task of its training.</param>
/// <param name="TimeOf">A row whose time of training it gets in place of the steps; null: steps.</param>
public sealed record ExperimentRow(string Name, string Configuration, IReadOnlyList<double> Paper, Objective Objective = Objective.SentenceOrder, string? TimeOf = null);

/// <summary>A column of the paper's own figures.</summary>
/// <param name="Name">Its heading.</param>
/// <param name="Format">A .NET number format.</param>
public sealed record PaperColumn(string Name, string Format);

/// <summary>A plot: a quantity of ours, a column of the paper's, or both on one axis where they measure the same.</summary>
/// <param name="Title">Above it.</param>
/// <param name="Quantity">Ours; null: the paper's alone.</param>
/// <param name="Paper">Number of the paper's column; −1: ours alone.</param>
/// <param name="Scale">What the paper's figures are multiplied by to stand beside ours.</param>
public sealed record PlotRule(string Title, Quantity? Quantity, int Paper = -1, double Scale = 1);

/// <summary>An experiment of the paper at small scale, by rules.</summary>
/// <param name="Name">The word that names it on the command line.</param>
/// <param name="Title">What the page is called.</param>
/// <param name="Measurement">What is done for each row.</param>
/// <param name="Rows">The rows.</param>
/// <param name="Columns">What is shown of ours.</param>
/// <param name="PaperColumns">What is shown of the paper's.</param>
/// <param name="Plots">What is drawn.</param>
/// <param name="Claims">What the paper says.</param>
public sealed record Experiment(
    string Name, string Title, Measurement Measurement, IReadOnlyList<ExperimentRow> Rows, IReadOnlyList<Quantity> Columns, IReadOnlyList<PaperColumn> PaperColumns,
    IReadOnlyList<PlotRule> Plots, IReadOnlyList<Claim> Claims)
{
    /// <summary>What the paper measured, so that the two are not taken for the same.</summary>
    public required string PaperMeasured { get; init; }

    /// <summary>Layers are drawn, one curve a row.</summary>
    public bool DrawsLayers { get; init; }

    /// <summary>Whether times of training are shown or trained by, which are those of one machine with its threads.</summary>
    public bool ShowsTimes => Rows.Any(r => r.TimeOf is not null) || Columns.Any(c => c.Key is Measured.Seconds or Measured.TokensPerSecond);

    /// <summary>The row of this name.</summary>
    public ExperimentRow Row(string name) => Rows.First(r => r.Name == name);
}
