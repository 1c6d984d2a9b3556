namespace AlbertCompiled;

/// <summary>Marks a class whose text is part of a model's definition. It travels in the assembly's metadata, so that projects that only reference the assembly can compile models of it.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class DefinitionAttribute : Attribute;

/// <summary>The text of one <see cref="DefinitionAttribute"/> class, written by the generator.</summary>
/// <param name="type">Full name of the class.</param>
/// <param name="text">Its C# text without comments.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class DefinitionTextAttribute(string type, string text) : Attribute
{
    /// <summary>Full name of the class.</summary>
    public string Type { get; } = type;

    /// <summary>Its C# text without comments.</summary>
    public string Text { get; } = text;
}

/// <summary>The base of an architecture's configuration attribute, such as <c>[Albert]</c>: its properties are the constants of the definition.</summary>
/// <typeparam name="TGraph">The definition; its constructor takes this attribute.</typeparam>
[AttributeUsage(AttributeTargets.Class)]
[Definition]
public abstract class ArchitectureAttribute<TGraph> : Attribute where TGraph : ModelGraph
{
    /// <summary>Outputs of the classifier: classes, tags, or 1 for a number or a choice; 0 without one. The <see cref="TaskAttribute"/> says it.</summary>
    public int Labels { get; set; }

    /// <summary>True if answers are marked in a text; <see cref="SpanAnswerAttribute"/> says it.</summary>
    public bool Spans { get; set; }

    /// <summary>Probability of dropping an input of the classifier while training; the <see cref="ClassifierAttribute"/> says it.</summary>
    public double ClassifierDropout { get; set; }
}

/// <summary>The base of the attributes that say which programs to compile.</summary>
[AttributeUsage(AttributeTargets.Class)]
public abstract class ProgramAttribute : Attribute;

/// <summary>Compiles the definition's <c>Pretraining(TokenBatch)</c> for training and evaluation, and <c>Prediction(TokenBatch)</c>, if there is one, for inference.</summary>
public sealed class PretrainingAttribute : ProgramAttribute;

/// <summary>Compiles the definition's <c>Encoding(TokenBatch)</c> for inference, and nothing that training needs. The model gets a method <c>Encode</c>.</summary>
public sealed class EncodingAttribute : ProgramAttribute;

/// <summary>
/// The base of the attributes that put a head on a model. Such a program is one method of the definition: its scalars, "loss" among them, are
/// trained and evaluated, its "logits" inferred. A model has one task.
/// </summary>
public abstract class TaskAttribute : ProgramAttribute
{
    /// <summary>False: compiled for inference alone, without gradients, moments and loss.</summary>
    public bool Training { get; set; } = true;
}

/// <summary>The base of the tasks whose head is a classifier.</summary>
public abstract class ClassifierAttribute : TaskAttribute
{
    /// <summary>Probability of dropping an input of the classifier while training, in [0, 1).</summary>
    public double Dropout { get; set; } = 0.1;
}

/// <summary>Compiles the definition's <c>Classification(TokenBatch)</c>: a class for each sequence, or pair of sentences in one. The model gets a method <c>Classify</c>.</summary>
/// <param name="labels">Classes to tell apart; the definition reads it as the configuration's <c>Labels</c>.</param>
public sealed class ClassificationAttribute(int labels) : ClassifierAttribute
{
    /// <summary>Classes to tell apart.</summary>
    public int Labels { get; } = labels;
}

/// <summary>Compiles the definition's <c>Regression(TokenBatch)</c>: a number for each sequence, or pair of sentences in one. The model gets a method <c>Regress</c>.</summary>
public sealed class RegressionAttribute : ClassifierAttribute;

/// <summary>Compiles the definition's <c>SpanAnswer(TokenBatch)</c>: where in a sequence an answer begins and ends. The model gets a method <c>Answer</c>.</summary>
public sealed class SpanAnswerAttribute : TaskAttribute;

/// <summary>Compiles the definition's <c>TokenTags(TokenBatch)</c>: a class for each token. The model gets a method <c>Tag</c>.</summary>
/// <param name="labels">Tags to tell apart; the definition reads it as the configuration's <c>Labels</c>.</param>
public sealed class TokenTagsAttribute(int labels) : ClassifierAttribute
{
    /// <summary>Tags to tell apart.</summary>
    public int Labels { get; } = labels;
}

/// <summary>Compiles the definition's <c>MultipleChoice(TokenBatch)</c>: which of a question's sequences is right. The model gets a method <c>Choose</c>.</summary>
public sealed class MultipleChoiceAttribute : ClassifierAttribute;

/// <summary>What the backward pass recomputes instead of keeping.</summary>
public enum Recompute
{
    /// <summary>Every operand of a matrix product or attention is kept, and of an activation its slope; only elementwise work that fuses into its consumer is redone. The fastest.</summary>
    None,

    /// <summary>Operands that are elementwise or row-wise functions of kept values (activations, normalised rows) are recomputed.</summary>
    Cheap,

    /// <summary>Only the input of each layer is kept; its forward pass runs again (gradient checkpointing, Chen et al. 2016).</summary>
    Layer,
}

/// <summary>Chooses what the backward pass recomputes.</summary>
/// <param name="mode">The rule.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class RecomputeAttribute(Recompute mode) : Attribute
{
    /// <summary>The rule.</summary>
    public Recompute Mode { get; } = mode;
}

/// <summary>
/// Chooses of how many rows logits are kept at once, where a program computes a loss of them and does not hand them on. Without it they take at most 32 MiB in bfloat16, and those
/// of vocabularies below 4,096 are kept for all rows. The number changes memory and speed; results only in the order of sums.
/// </summary>
/// <param name="rows">Rows, rounded up to a multiple of 16; 0 leaves the choice to the compiler.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class LogitRowsAttribute(int rows) : Attribute
{
    /// <summary>The rows.</summary>
    public int Rows { get; } = rows;
}

/// <summary>Optimizers that are compiled over the parameter arena.</summary>
public enum Optimizer
{
    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter, 2019).</summary>
    AdamW,

    /// <summary>Layer-wise adaptive moments (You et al., 2020).</summary>
    Lamb,
}

/// <summary>The optimizer that runs of the model use unless told otherwise, and whose kernels a GPU loads ahead. Which one an update uses, <see cref="OptimizerSettings"/> say.</summary>
/// <param name="optimizer">The rule.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OptimizerAttribute(Optimizer optimizer) : Attribute
{
    /// <summary>The rule.</summary>
    public Optimizer Optimizer { get; } = optimizer;
}

/// <summary>What the operands of matrix products and attention are rounded to. Weights, sums, gradients and optimizer stay float32.</summary>
public enum Compute
{
    /// <summary>Not at all.</summary>
    Float32,

    /// <summary>bfloat16: float32's range in 16 bits, 8 of them significant. Twice as fast where the processor has instructions for it.</summary>
    BFloat16,
}

/// <summary>The precision that a model computes in unless told otherwise.</summary>
/// <param name="compute">What operands are rounded to.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class PrecisionAttribute(Compute compute) : Attribute
{
    /// <summary>What operands are rounded to.</summary>
    public Compute Compute { get; } = compute;
}

/// <summary>A limit on memory: parameters and arena, for training also gradients and moments. A plan that exceeds it does not build.</summary>
/// <param name="budget">A number and KB, MB, GB (powers of 1000) or KiB, MiB, GiB.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class MemoryBudgetAttribute(string budget) : Attribute
{
    /// <summary>The budget as written.</summary>
    public string Budget { get; } = budget;

    /// <summary>Tokens in a batch that it must hold for.</summary>
    public int Tokens { get; set; } = 4096;

    /// <summary>Sequences in that batch; 0: one for every 128 tokens.</summary>
    public int Sequences { get; set; }

    /// <summary>Predictions in that batch; 0: of pretraining every fifth token, of a task as many as it has labels: one a sequence, two an answer, one a tagged token.</summary>
    public int Predictions { get; set; }
}
