#!/bin/sh
# Trains a vocabulary on the documentation of the .NET SDK, or on a text file or folder of *.txt.
# usage: data/train-vocabulary.sh [pieces] [text]      writes data/docs-<pieces>.model
set -eu
cd "$(dirname "$0")/.."
pieces=${1:-8000}
sentences=$(mktemp)
trap 'rm -f "$sentences"' EXIT
dotnet run -c Release --project src/AlbertCompiled.Cli -- sentences ${2:+--text "$2"} > "$sentences"
# the special pieces must have ALBERT's ids: <pad> 0, <unk> 1, [CLS] 2, [SEP] 3, [MASK] 4
spm_train --input="$sentences" --model_prefix="data/docs-$pieces" --vocab_size="$pieces" --model_type=unigram \
    --character_coverage=0.9998 --normalization_rule_name=nmt_nfkc_cf \
    --pad_id=0 --unk_id=1 --bos_id=2 --eos_id=3 --bos_piece='[CLS]' --eos_piece='[SEP]' --control_symbols='[MASK]' \
    --num_threads=2 --shuffle_input_sentence=true
rm -f "data/docs-$pieces.vocab" # the model holds the same pieces
