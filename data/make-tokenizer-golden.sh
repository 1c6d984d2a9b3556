#!/bin/sh
# Writes tests/golden/tokenizer: lines with the ids that ALBERT's original code gives them, and a small vocabulary with its flags.
# usage: data/make-tokenizer-golden.sh PROSE      PROSE: a text file of any English prose, beside the SDK's documentation
# Needs spm_train, spm_encode (Debian: sentencepiece), python3 and a built command line.
set -eu
cd "$(dirname "$0")/.."
golden=tests/golden/tokenizer
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
src/AlbertCompiled.Cli/bin/Release/net10.0/albert sentences > "$folder/docs"
# the published model's flags, but for its size and its character map
spm_train --input="$folder/docs,$1" --model_prefix="$folder/small" --vocab_size=900 --model_type=unigram --normalization_rule_name=identity \
    --pad_id=0 --unk_id=1 --bos_id=-1 --eos_id=-1 --control_symbols='[CLS],[SEP],[MASK]' --user_defined_symbols='(,),"""",-,.,–,£,€,e-mail,ﬁ' \
    --character_coverage=0.9998 --input_sentence_size=20000 --shuffle_input_sentence=true
cp "$folder/small.model" "$golden/small.model"
shuf --random-source=data/docs-8000.model -n 75 "$folder/docs" > "$folder/real"
shuf --random-source=data/docs-8000.model -n 75 "$1" | cut -c1-400 | iconv -c -f utf-8 -t utf-8 >> "$folder/real"
compare=data/compare-tokenizer.py
python3 $compare data/docs-8000.model --lines "$folder/real" --golden "$folder/1"
python3 $compare data/docs-8000.model --hard 150 --seed 11 --golden "$folder/2"
cat "$folder/1" "$folder/2" > "$golden/docs-8000.jsonl"
python3 $compare "$golden/small.model" --hard 150 --seed 12 --golden "$golden/small.jsonl"
