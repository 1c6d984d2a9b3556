#!/usr/bin/env bash
# How long the generator takes for one model, in a compiler process of its own: prints seconds as the C# compiler reports them.
#   bench/generate.sh [ATTRIBUTE]          default: AlbertBase's
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
attribute=${1:-'[Albert(Hidden = 768, Layers = 12, Heads = 12, Intermediate = 3072)]'}
project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
cat > "$project/One.csproj" <<END
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <AllowUnsafeBlocks>true</AllowUnsafeBlocks>
  </PropertyGroup>
  <ItemGroup>
    <ProjectReference Include="$root/models/AlbertCompiled.Models.csproj" />
    <ProjectReference Include="$root/generators/AlbertCompiled.Generators/AlbertCompiled.Generators.csproj" OutputItemType="Analyzer" ReferenceOutputAssembly="false" />
  </ItemGroup>
</Project>
END
echo "[AlbertCompiled.Models.${attribute#[} [AlbertCompiled.Pretraining] public sealed partial class One;" > "$project/One.cs"
dotnet build "$project" -c Release -v:quiet --nologo
for run in 1 2 3 4 5; do
    touch "$project/One.cs"
    dotnet build "$project" -c Release --no-dependencies --no-restore --nologo -v:detailed -p:ReportAnalyzer=true -p:UseSharedCompilation=false |
        sed -n 's/^ *\([0-9.<]*\) .*AlbertCompiled\.Generators\.ModelGenerator.*/\1/p' | head -n 1
done | sort -n | tee "$project/seconds" | tr '\n' ' '
echo
echo "generator_s=$(sed -n 3p "$project/seconds")"
