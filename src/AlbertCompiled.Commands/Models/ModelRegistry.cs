using AlbertCompiled.Models;
using AlbertCompiled.Training;

namespace AlbertCompiled.Commands;

/// <summary>The models that can be named on the command line. Of two with one name, whatever its case, the first is meant.</summary>
/// <param name="models">All of them; the first that can be pretrained is the default.</param>
public sealed class ModelRegistry(params IReadOnlyList<RegisteredModel> models)
{
    /// <summary>The models of the package AlbertCompiled.Models.</summary>
    public static ModelRegistry Zoo { get; } = new ModelRegistry()
        .With<AlbertTiny>().With<AlbertSmall>().With<AlbertBase>().With<AlbertBaseEncoder>().With<AlbertLarge>().With<AlbertXLarge>().With<AlbertXXLarge>()
        .With<BertBase>().With<BertLarge>()
        .With<AlbertBaseV1>().With<AlbertLargeV1>().With<AlbertXLargeV1>().With<AlbertXXLargeV1>().With<AlbertXLargeV2>()
        .With<AlbertTinyClassifier>().With<AlbertTinyRegressor>().With<AlbertTinyAnswerer>().With<AlbertTinyTagger>().With<AlbertTinyChooser>()
        .With<AlbertSmallClassifier>().With<AlbertSmallRegressor>().With<AlbertSmallAnswerer>().With<AlbertSmallTagger>().With<AlbertSmallChooser>()
        .With<AlbertBaseClassifier>().With<AlbertBaseRegressor>().With<AlbertBaseAnswerer>().With<AlbertBaseTagger>().With<AlbertBaseChooser>();

    /// <summary>All models.</summary>
    public IReadOnlyList<RegisteredModel> Models => models;

    /// <summary>These models, and behind them one more.</summary>
    public ModelRegistry With<TModel>() where TModel : CompiledModel, ICompiledModel<TModel> => new([.. models, RegisteredModel.Of<TModel>()]);

    /// <summary>These models, and behind them others.</summary>
    public ModelRegistry With(ModelRegistry others)
    {
        ArgumentNullException.ThrowIfNull(others);
        return new([.. models, .. others.Models]);
    }

    /// <summary>What is trained where no model is named.</summary>
    /// <exception cref="TrainingException">There is none.</exception>
    internal RegisteredModel Default => models.FirstOrDefault(IsPretrained) ?? throw new TrainingException("no model of this program can be pretrained: add [Pretraining] to a declaration");

    /// <summary>Those that are tuned for a task, the others' encoders with another head.</summary>
    internal IEnumerable<RegisteredModel> Heads => models.Where(m => m.Head is not null);

    /// <summary>The model of this name; null if there is none.</summary>
    internal RegisteredModel? TryFind(string name) => models.FirstOrDefault(m => m.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The model of this name.</summary>
    /// <exception cref="TrainingException">There is none; the message lists the names.</exception>
    public RegisteredModel Find(string name) => TryFind(name) ?? throw new TrainingException(
        $"no model is called {name}{Suggestion.For(name, models.Select(m => m.Name), $"There are {string.Join(", ", models.Where(m => m.Head is null).Select(m => m.Name))}")}");

    /// <summary>The model that a folder was trained with.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="model">The name that the model had.</param>
    /// <param name="weights">The file of its weights, which tells more than the name; null, or not there: nobody knows more.</param>
    /// <exception cref="TrainingException">There is none of its name, nor one that is the same.</exception>
    internal RegisteredModel Trained(string folder, string model, string? weights)
    {
        var found = ModelLineage.Find(models.Select(m => m.Description), model, weights)
            ?? throw new TrainingException($"{folder} holds a {model}, which is not compiled into this program: use the one that trained it, or declare {model} here as it is there; albert models lists what there is");
        return models.First(m => ReferenceEquals(m.Description, found));
    }

    /// <summary>What is tuned for a task where no model is named.</summary>
    /// <exception cref="TrainingException">There is none; the message says how to compile it.</exception>
    internal RegisteredModel First(TaskHead head, int? classes) =>
        Best(Heads.Where(m => m.Head == head), classes) ?? throw new TrainingException($"no model of this program has the head [{head.Attribute}]: add it to a declaration");

    /// <summary>The model to tune for a task: this one, or one that shares its encoder.</summary>
    /// <param name="model">The model.</param>
    /// <param name="head">What the task needs.</param>
    /// <param name="classes">Classes of the task; null: it has none.</param>
    /// <exception cref="TrainingException">There is none; the message says how to compile it.</exception>
    internal RegisteredModel WithHead(RegisteredModel model, TaskHead head, int? classes) =>
        model.Head == head && model.HasClasses(classes) ? model
        : Best(Heads.Where(m => m.Head == head && m.Description.SharesEncoder(model.Description)), classes) ?? throw NoHead(model.Name, head, PublishedConfig.Of(model.Description, out _) is not null);

    /// <summary>The model to tune from a published one.</summary>
    /// <exception cref="TrainingException">There is none; the message says how to compile it.</exception>
    internal RegisteredModel WithHead(PublishedFolder folder, TaskHead head, int? classes) =>
        Best(Heads.Where(m => m.Head == head && folder.Config.Differences(m.Description).Count == 0), classes) ?? throw NoHead(folder.Folder, head, canDeclare: true);

    // the first that is enough; where none is, whoever asks tells how many the first has
    static RegisteredModel? Best(IEnumerable<RegisteredModel> fitting, int? classes) => fitting.FirstOrDefault(m => m.HasClasses(classes)) ?? fitting.FirstOrDefault();

    /// <summary>
    /// The models that compute what a published configuration says, with the head of a classifier if it has one; first those that would be trained alike too, then those with
    /// the programs that it was published for.
    /// </summary>
    internal IEnumerable<RegisteredModel> Fitting(PublishedConfig config) =>
        models.Where(m => (m.Head is null || m.Head == TaskHead.Classification && config.Labels > 0 && HasItsClasses(m.Description, config)) && config.Differences(m.Description).Count == 0)
            .OrderBy(m => config.Differences(m.Description, ofTraining: true).Count)
            .ThenBy(m => PublishedConfig.Of(m.Description, out _)!.Program == config.Program ? 0 : 1);

    /// <summary>The model that a published folder is loaded into.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="program">A program that the model must have; null: any.</param>
    /// <exception cref="TrainingException">There is none; the message says how to compile it.</exception>
    internal RegisteredModel Fitting(PublishedFolder folder, string? program) =>
        Fitting(folder.Config).FirstOrDefault(m => program is null ? m.Head is null : m.Description.Program(program) is not null && HasItsClasses(m.Description, folder.Config))
        ?? throw new TrainingException($"{NoFit(folder.Config, program)}: albert declare {folder.Folder} prints the declaration that compiles it");

    /// <summary>Why no model fits, with the nearest.</summary>
    internal string NoFit(PublishedConfig config, string? program)
    {
        if (Fitting(config).FirstOrDefault() is { } other)
            return other.Description.Program(program ?? "") is null ? $"{other.Name} computes the same but was compiled without {program}" : $"{other.Name} computes the same but was compiled for another number of classes";
        var nearest = models.Where(m => m.Head is null && PublishedConfig.Of(m.Description, out _)?.Attribute == config.Attribute).MinBy(m => config.Differences(m.Description).Count);
        return nearest is null ? "no compiled model computes this" : $"no compiled model computes this; {nearest.Name} comes nearest, with {string.Join("; ", config.Differences(nearest.Description))}";
    }

    static bool IsPretrained(RegisteredModel model) => model.Head is null && model.Description.Trains;

    // a published head says how many there are; other programs have none
    static bool HasItsClasses(ModelDescription model, PublishedConfig config) => config.Labels == 0 || PublishedConfig.Of(model, out _)!.Labels is var labels && (labels == 0 || labels == config.Labels);

    TrainingException NoHead(string of, TaskHead head, bool canDeclare) => new(
        $"no compiled model has {of}'s encoder and [{head.Attribute}]: {(canDeclare ? $"{SelfCommand.Prefix} declare {SelfCommand.Quote(of)} --task {head.Task} prints its declaration, --project writes a program with it" : $"declare one, with [{head.Attribute}] in place of what {of} is compiled for")}; compiled for such tasks: {string.Join(", ", Heads.Where(m => m.Head == head).Select(m => m.Name).DefaultIfEmpty("none"))}");
}
