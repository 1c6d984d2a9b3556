using AlbertCompiled.Gpu;
using ILGPU;

namespace AlbertCompiled.Tests.Gpu;

sealed partial class HandWritten
{
    internal sealed partial class GpuTrain<T>
    {
        // embedding [tokens, 7] = rows of word [11, 7]
        internal readonly struct Embedding(ArrayView<float> word, ArrayView<T> embedding, ArrayView<int> tokensIndex) : IGpuRowKernel
        {
            public void Run<V, L>(int begin, int end, int chunk) where V : struct, IPack<V> where L : struct, IRowLanes
            {
                for (int row = begin; row < end; row++)
                {
                    int wordRow = tokensIndex[row] * 7;
                    int embeddingRow = row * 7;
                    for (int column = L.First<V>(); column < 7; column = L.Next<V>(column))
                        V.Store(embedding, embeddingRow + column, V.Load(word, wordRow + column));
                }
            }
        }

        // hidden [tokens, 20] = embedding [tokens, 7] · weight [20, 7]ᵀ + bias [1, 20]
        internal readonly struct Hidden(ArrayView<float> bias, ArrayView<T> hidden) : IGpuEpilogue
        {
            public void Apply<V>(V product, int row, int column) where V : struct, IPack<V> =>
                V.Store(hidden, row * 20 + column, product + V.Load(bias, column));
        }

        // normalised [tokens, 20], inverse [tokens, 1] from hidden [tokens, 20]; partial sums of the loss
        internal readonly struct Normalise(
            ArrayView<T> hidden, ArrayView<float> scale, ArrayView<T> normalised, ArrayView<float> inverse, ArrayView<float> loss) : IGpuRowKernel
        {
            public void Run<V, L>(int begin, int end, int chunk) where V : struct, IPack<V> where L : struct, IRowLanes
            {
                float lossSum = 0f;
                for (int row = begin; row < end; row++)
                {
                    int hiddenRow = row * 20;
                    int normalisedRow = row * 20;

                    V totalLane = 0f;
                    for (int column = L.First<V>(); column < 20; column = L.Next<V>(column)) totalLane += V.Load(hidden, hiddenRow + column);
                    float total = GroupReduce.Sum(V.Sum(totalLane));

                    float mean = total * (1f / 20);
                    V varianceLane = 0f;
                    for (int column = L.First<V>(); column < 20; column = L.Next<V>(column))
                    {
                        V centred = V.Load(hidden, hiddenRow + column) - mean;
                        varianceLane += centred * centred;
                    }

                    float variance = GroupReduce.Sum(V.Sum(varianceLane));

                    float deviation = GpuMath.Rsqrt(variance * (1f / 20) + 1e-12f);
                    if (Group.IdxX == 0) inverse[row] = deviation;
                    V squaresLane = 0f;
                    for (int column = L.First<V>(); column < 20; column = L.Next<V>(column))
                    {
                        V value = (V.Load(hidden, hiddenRow + column) - mean) * deviation;
                        V.Store(normalised, normalisedRow + column, value);
                        V scaled = value * V.Load(scale, column);
                        squaresLane += scaled * scaled;
                    }

                    float squares = GroupReduce.Sum(V.Sum(squaresLane));

                    lossSum += 0.5f * squares;
                }

                if (Group.IdxX == 0) loss[chunk] = lossSum;
            }
        }

        // gradient of normalised: dhidden [tokens, 20]; partial sums of dscale and dbias [1, 20] per chunk of 16 rows
        internal readonly struct NormaliseGradient(
            ArrayView<T> normalised, ArrayView<float> inverse, ArrayView<float> scale, ArrayView<T> hiddenGradient,
            ArrayView<float> scaleGradient, ArrayView<float> biasGradient) : IGpuRowKernel
        {
            public void Run<V, L>(int begin, int end, int chunk) where V : struct, IPack<V> where L : struct, IRowLanes
            {
                int scaleGradientRow = chunk * 20;
                int biasGradientRow = chunk * 20;
                for (int column = L.First<V>(); column < 20; column = L.Next<V>(column))
                {
                    V.Store(scaleGradient, scaleGradientRow + column, 0f);
                    V.Store(biasGradient, biasGradientRow + column, 0f);
                }

                for (int row = begin; row < end; row++)
                {
                    int normalisedRow = row * 20;
                    int hiddenGradientRow = row * 20;

                    V gradientSumLane = 0f;
                    V productSumLane = 0f;
                    for (int column = L.First<V>(); column < 20; column = L.Next<V>(column))
                    {
                        V value = V.Load(normalised, normalisedRow + column);
                        V gradient = value * V.Load(scale, column) * V.Load(scale, column);
                        gradientSumLane += gradient;
                        productSumLane += gradient * value;
                        V.Store(scaleGradient, scaleGradientRow + column, V.Load(scaleGradient, scaleGradientRow + column) + value * value * V.Load(scale, column));
                    }

                    float gradientSum = GroupReduce.Sum(V.Sum(gradientSumLane));
                    float productSum = GroupReduce.Sum(V.Sum(productSumLane));

                    for (int column = L.First<V>(); column < 20; column = L.Next<V>(column))
                    {
                        V value = V.Load(normalised, normalisedRow + column);
                        V gradient = value * V.Load(scale, column) * V.Load(scale, column);
                        V dHidden = (V)inverse[row] * (gradient - (gradientSum + value * productSum) * (1f / 20));
                        V.Store(hiddenGradient, hiddenGradientRow + column, dHidden);
                        V.Store(biasGradient, biasGradientRow + column, V.Load(biasGradient, biasGradientRow + column) + dHidden);
                    }
                }
            }
        }
    }
}
