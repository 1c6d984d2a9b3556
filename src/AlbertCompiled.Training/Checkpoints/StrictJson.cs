using System.Text.Json;

namespace AlbertCompiled.Training;

/// <summary>JSON from elsewhere: an object, each name once, all text proper Unicode, so that reading it later cannot fail on these.</summary>
static class StrictJson
{
    static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    /// <param name="json">UTF-8.</param>
    /// <param name="what">What the message calls it.</param>
    /// <exception cref="InvalidDataException">It is not such JSON.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json, string what)
    {
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(json, Options);
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"{what} is not a JSON object");
            CheckText(document.RootElement);
            return document;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or InvalidDataException)
        {
            document?.Dispose();
            throw e as InvalidDataException ?? new InvalidDataException(e is JsonException ? $"{what} is not JSON: {e.Message}" : $"{what} holds text that is not Unicode", e);
        }
    }

    // an escaped half of a surrogate pair passes the parser and fails when it is read
    static void CheckText(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String: _ = element.GetString(); break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray()) CheckText(item);
                break;
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    _ = property.Name;
                    CheckText(property.Value);
                }

                break;
        }
    }
}
