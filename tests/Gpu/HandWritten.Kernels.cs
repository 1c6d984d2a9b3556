using AlbertCompiled.Gpu;
using ILGPU;

namespace AlbertCompiled.Tests.Gpu;

sealed partial class HandWritten
{
    internal sealed partial class GpuTrain
    {
        // embedding [tokens, 7] = rows of word [11, 7]
        internal readonly struct Embedding(ArrayView<float> word, ArrayView<float> embedding, ArrayView<int> tokensIndex) : IGpuRowKernel
        {
            public void Run(int first, int last, int chunk)
            {
                for (int row = first; row < last; row++)
                {
                    int wordRow = tokensIndex[row] * 7;
                    int embeddingRow = row * 7;
                    for (int column = Group.IdxX; column < 7; column += Group.DimX)
                        embedding[embeddingRow + column] = word[wordRow + column];
                }
            }
        }

        // hidden [tokens, 20] = embedding [tokens, 7] · weight [20, 7]ᵀ + bias [1, 20]
        internal readonly struct Hidden(ArrayView<float> bias, ArrayView<float> hidden) : IGpuEpilogue
        {
            public void Apply(float product, int row, int column) => hidden[row * 20 + column] = product + bias[column];
        }

        // normalised [tokens, 20], inverse [tokens, 1] from hidden [tokens, 20]; partial sums of the loss
        internal readonly struct Normalise(
            ArrayView<float> hidden, ArrayView<float> scale, ArrayView<float> normalised, ArrayView<float> inverse, ArrayView<float> loss) : IGpuRowKernel
        {
            public void Run(int first, int last, int chunk)
            {
                int lossRow = chunk;
                if (Group.IdxX == 0) loss[lossRow] = 0f;
                for (int row = first; row < last; row++)
                {
                    int hiddenRow = row * 20;
                    int normalisedRow = row * 20;

                    float totalLane = 0f;
                    for (int column = Group.IdxX; column < 20; column += Group.DimX) totalLane += hidden[hiddenRow + column];
                    float total = GroupReduce.Sum(totalLane);

                    float mean = total * (1f / 20);
                    float varianceLane = 0f;
                    for (int column = Group.IdxX; column < 20; column += Group.DimX)
                    {
                        float centred = hidden[hiddenRow + column] - mean;
                        varianceLane += centred * centred;
                    }

                    float variance = GroupReduce.Sum(varianceLane);

                    float deviation = GpuMath.Rsqrt(variance * (1f / 20) + 1e-12f);
                    if (Group.IdxX == 0) inverse[row] = deviation;
                    float squaresLane = 0f;
                    for (int column = Group.IdxX; column < 20; column += Group.DimX)
                    {
                        float value = (hidden[hiddenRow + column] - mean) * deviation;
                        normalised[normalisedRow + column] = value;
                        float scaled = value * scale[column];
                        squaresLane += scaled * scaled;
                    }

                    float squares = GroupReduce.Sum(squaresLane);

                    if (Group.IdxX == 0) loss[lossRow] += 0.5f * squares;
                }
            }
        }

        // gradient of normalised: dhidden [tokens, 20]; partial sums of dscale and dbias [1, 20] per chunk of 16 rows
        internal readonly struct NormaliseGradient(
            ArrayView<float> normalised, ArrayView<float> inverse, ArrayView<float> scale, ArrayView<float> hiddenGradient,
            ArrayView<float> scaleGradient, ArrayView<float> biasGradient) : IGpuRowKernel
        {
            public void Run(int first, int last, int chunk)
            {
                int scaleGradientRow = chunk * 20;
                int biasGradientRow = chunk * 20;
                for (int column = Group.IdxX; column < 20; column += Group.DimX)
                {
                    scaleGradient[scaleGradientRow + column] = 0f;
                    biasGradient[biasGradientRow + column] = 0f;
                }

                for (int row = first; row < last; row++)
                {
                    int normalisedRow = row * 20;
                    int hiddenGradientRow = row * 20;

                    float gradientSumLane = 0f;
                    float productSumLane = 0f;
                    for (int column = Group.IdxX; column < 20; column += Group.DimX)
                    {
                        float value = normalised[normalisedRow + column];
                        float gradient = value * scale[column] * scale[column];
                        gradientSumLane += gradient;
                        productSumLane += gradient * value;
                        scaleGradient[scaleGradientRow + column] += value * value * scale[column];
                    }

                    float gradientSum = GroupReduce.Sum(gradientSumLane);
                    float productSum = GroupReduce.Sum(productSumLane);

                    for (int column = Group.IdxX; column < 20; column += Group.DimX)
                    {
                        float value = normalised[normalisedRow + column];
                        float gradient = value * scale[column] * scale[column];
                        float dHidden = inverse[row] * (gradient - (gradientSum + value * productSum) * (1f / 20));
                        hiddenGradient[hiddenGradientRow + column] = dHidden;
                        biasGradient[biasGradientRow + column] += dHidden;
                    }
                }
            }
        }
    }
}
