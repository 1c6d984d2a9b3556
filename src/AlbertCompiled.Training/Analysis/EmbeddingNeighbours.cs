namespace AlbertCompiled.Training;

/// <summary>A piece and how near it is.</summary>
/// <param name="Piece">Its id.</param>
/// <param name="Cosine">Cosine similarity of the two rows of the table.</param>
public readonly record struct Neighbour(int Piece, double Cosine);

/// <summary>The rows of an embedding table by the cosine of the angle between them.</summary>
/// <param name="table">[pieces, columns], row-major.</param>
/// <param name="columns">Columns.</param>
public sealed class EmbeddingNeighbours(float[] table, int columns)
{
    /// <summary>The table of a model: the first matrix with as many rows as the vocabulary that it was compiled for.</summary>
    /// <exception cref="TrainingException">There is none.</exception>
    public static EmbeddingNeighbours Of(CompiledModel model, Vocabulary vocabulary)
    {
        int rows = model.Description.Vocabulary();
        var word = model.Description.Parameters.FirstOrDefault(p => !p.IsVector && p.Rows == rows)
            ?? throw new TrainingException($"{model.Description.Name} has no table with a row for each of {rows} pieces");
        if (rows < vocabulary.Size) throw new TrainingException($"{model.Description.Name} knows {rows} pieces, the vocabulary has {vocabulary.Size}: take the vocabulary that the model was trained with");
        return new(model.Parameters.Read(word.Name), word.Columns);
    }

    /// <summary>The nearest pieces, nearest first, without the piece itself.</summary>
    /// <param name="piece">A row of the table.</param>
    /// <param name="candidates">The rows to choose from.</param>
    /// <param name="count">How many.</param>
    public IReadOnlyList<Neighbour> Nearest(int piece, IReadOnlyList<int> candidates, int count)
    {
        double[] own = Row(piece);
        return [.. candidates.Where(c => c != piece).Select(c => new Neighbour(c, LayerChange.CosineOf(own, Row(c)))).OrderByDescending(n => n.Cosine).ThenBy(n => n.Piece).Take(count)];
    }

    double[] Row(int piece) => Array.ConvertAll(table[(piece * columns)..((piece + 1) * columns)], v => (double)v);
}
