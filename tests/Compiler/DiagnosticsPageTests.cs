using System.Xml.Linq;
using AlbertCompiled.Generators.Diagnostics;
using AlbertCompiled.Tests.Infrastructure;
using Microsoft.CodeAnalysis.CSharp;

namespace AlbertCompiled.Tests.Compiler;

/// <summary>docs/diagnostics.md and the table of descriptors say the same, and the page's examples do what it says.</summary>
public class DiagnosticsPageTests
{
    static readonly string[] Sections = File.ReadAllText(Path.Combine(Repository.Root, "docs", "diagnostics.md")).Replace("\r\n", "\n").Split("\n## ")[1..];

    public static TheoryData<string> Ids => [.. Descriptors.All.Select(d => d.Id)];

    [Fact]
    public void Every_diagnostic_has_its_section() =>
        Assert.Equal(Descriptors.All.Select(d => $"{d.Id}: {d.Title}"), Sections.Select(s => s[..s.IndexOf('\n')]));

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_example_is_reported_at_its_marked_line(string id)
    {
        string section = Sections.Single(s => s.StartsWith(id, StringComparison.Ordinal));
        Assert.Contains("\n**Cure:** ", section);
        if (id == Descriptors.Internal.Id) return; // nobody knows an example
        if (section.Contains("```xml\n"))
        {
            CheckSetting(id, section.Split("```xml\n")[1].Split("```")[0]);
            return;
        }

        string example = section.Split("```csharp\n")[1].Split("```")[0];
        string source = example switch
        {
            _ when example.StartsWith('[') => Subject.Source(model: example),
            _ when example.StartsWith("readonly", StringComparison.Ordinal) => Subject.Source(fields: $"{Subject.Fields}\n{example}"),
            _ => Subject.Source(body: $"{example}\n{Subject.Body.Replace("var x ", "var tokens ").Replace("Rows(x,", "Rows(tokens,")}"),
        };
        var diagnostic = Assert.Single(GeneratorHarness.Run(GeneratorHarness.Compilation(source)).Diagnostics);
        Assert.Equal(id, diagnostic.Id);
        string line = diagnostic.Location.SourceTree!.GetText().Lines[diagnostic.Location.GetLineSpan().StartLinePosition.Line].ToString();
        Assert.Contains(line.Split("// ← ")[1].Trim(), diagnostic.GetMessage());
    }
    // a setting of the project, under which a model is declared
    static void CheckSetting(string id, string example)
    {
        var setting = XElement.Parse(example);
        var version = LanguageVersion.Preview;
        if (setting.Name == "LangVersion") Assert.True(LanguageVersionFacts.TryParse(setting.Value, out version));
        var compilation = GeneratorHarness.Compilation(Subject.Source()).Under(version, allowUnsafe: setting.Name != "AllowUnsafeBlocks" || bool.Parse(setting.Value));
        if (setting.Name == "SignAssembly") compilation = compilation.Signed();
        var diagnostic = Assert.Single(GeneratorHarness.Run(GeneratorHarness.Driver(version), compilation, out _).Diagnostics);
        Assert.Equal(id, diagnostic.Id);
        Assert.Contains(example.Split("<!-- ← ")[1].Split(" -->")[0], diagnostic.GetMessage());
    }
}
