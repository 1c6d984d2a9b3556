using AlbertCompiled.Gpu;
using ILGPU;

namespace AlbertCompiled.Tests.Gpu;

/// <summary>
/// A model as the compiler prints it: z = normalise(rows of a table · weightᵀ + bias) · scale, loss = Σ z² / 2 over all elements.
/// It shows every form of kernel and launch.
/// </summary>
sealed partial class HandWritten : CompiledModel
{
    public const int Vocabulary = 11, Inputs = 7, Outputs = 20;

    HandWritten(GpuDevice device, Capacity capacity) : base(Compiled, device, capacity, 5)
    {
    }

    public static ModelDescription Compiled { get; } = new(
        nameof(HandWritten), [],
        [
            new("word", Vocabulary, Inputs, false, 0, Initial.Normal(1)),
            new("weight", Outputs, Inputs, false, 80, Initial.Normal(1)),
            new("bias", 1, Outputs, true, 224, Initial.Normal(1)),
            new("scale", 1, Outputs, true, 256, Initial.One),
        ],
        288,
        [
            new("train", new(Inputs + 2 * Outputs, 0, 0, 0, 2, 0, 0, 2 * Outputs + 1, 0, 0, 16), 0, 0, 0, 0, [new("loss", null, 1), new("hidden", Dimension.Tokens, Outputs)]),
        ],
        Optimizer.AdamW, Compute.Float32, "");

    public static HandWritten Create(GpuDevice device, Capacity capacity) => new(device, capacity);

    protected override ModelExecutor CreateExecutor() => new GpuExecutor<Float32>(this, (GpuDevice)Device, e => new GpuTrain<Float32>(e));

    protected override void CheckIndices(TokenBatch batch) => CheckRange(batch.Tokens, Vocabulary, "token");

    internal sealed partial class GpuTrain<T> : GpuProgram<T> where T : unmanaged, IElement<T>
    {
        readonly ArrayView<T> embedding, hidden, normalised;
        readonly ArrayView<float> inverse, lossPartials, scalePartials, biasPartials, loss;
        readonly GpuRows<Embedding, Float1> embeddingKernel;
        readonly MatrixProduct<T, NT, Hidden> hiddenProduct;
        readonly GpuRows<Normalise, Float1> normaliseKernel;
        readonly GpuRows<NormaliseGradient, Float1> normaliseGradientKernel;
        readonly MatrixProduct<T, TN, Accumulate> weightGradientProduct;
        readonly MatrixProduct<T, NN, Store<T>> embeddingGradientProduct;
        readonly TableGradient<T> wordGradient;
        readonly RowGroups tokenGroups;
        readonly ColumnSum columnSum;

        public GpuTrain(GpuExecutor<T> executor) : base(executor, Compiled.Program("train")!)
        {
            embedding = TokenSlot(0);
            hidden = TokenSlot(Inputs);
            normalised = TokenSlot(Inputs + Outputs);
            inverse = ExactTokenSlot(0);
            lossPartials = TokenChunkSlot(0);
            scalePartials = TokenChunkSlot(1);
            biasPartials = TokenChunkSlot(1 + Outputs);
            loss = ExactFixedSlot(0);
            embeddingKernel = new(Device, Inputs);
            hiddenProduct = new(Device);
            normaliseKernel = new(Device, Outputs);
            normaliseGradientKernel = new(Device, Outputs);
            weightGradientProduct = new(Device);
            embeddingGradientProduct = new(Device);
            wordGradient = new(Device);
            tokenGroups = Batch.GroupsOf(batch => batch.Tokens, Dimension.Tokens);
            columnSum = new(Device);
        }

        public override GpuOutput<T> Output(int index) => index switch
        {
            0 => new(loss, 1),
            1 => new(hidden, Outputs),
            _ => throw new ArgumentOutOfRangeException(nameof(index)),
        };

        protected override void Run()
        {
            ClearGradients();

            // forward
            embeddingKernel.Launch(Tokens, new(Value(0), embedding, Batch.Tokens));
            hiddenProduct.Launch(new(embedding, Inputs), new(Weight(80), Inputs), Tokens, Outputs, Inputs, new(Value(224), hidden));
            normaliseKernel.LaunchChunks(Tokens, new(hidden, Value(256), normalised, inverse, lossPartials));
            columnSum.Launch(Tokens, accumulate: false, new(lossPartials, 1, loss));

            // backward
            normaliseGradientKernel.LaunchChunks(Tokens, new(normalised, inverse, Value(256), hidden, scalePartials, biasPartials));
            columnSum.Launch(Tokens, accumulate: true, new(scalePartials, Outputs, Gradient(256)), new(biasPartials, Outputs, Gradient(224)));
            weightGradientProduct.Launch(new(hidden, Outputs), new(embedding, Inputs), Outputs, Inputs, Tokens, new(Gradient(80), Inputs));
            embeddingGradientProduct.Launch(new(hidden, Outputs), new(Weight(80), Inputs), Tokens, Inputs, Outputs, new(embedding, Inputs));
            wordGradient.Launch(new(Gradient(0), Inputs), tokenGroups, new(embedding, Inputs), Inputs);
        }
    }
}
