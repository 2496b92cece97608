# Bash completion of neurosim; source this file, or install it with `cmake --install`.

_neurosim() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local command=${COMP_WORDS[1]:-} words=
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    words="run train encode validate graph inspect report plot energy diff experiment data info help
      --help --version --no-color"
  else
    case $previous in
      --engine) words="event reference" ;;
      --split) words="train test" ;;
      -o | --output | --data-dir | --weights | --traces | --metrics) ;;  # file names
      *)
        case $command in
          run)
            words="--output --force --weights --samples --seed --set --threads --engine --check
              --data-dir --json --quiet --help --no-color"
            ;;
          train)
            words="--output --resume --force --traces --epochs --samples --seed --set --threads
              --max-memory --metrics --checkpoint-every --data-dir --json --quiet --help
              --no-color"
            ;;
          encode)
            words="--output --force --split --samples --seed --set --threads --data-dir --json
              --quiet --help --no-color"
            ;;
          validate) words="--set --data-dir --help --no-color" ;;
          graph) words="--output --force --set --help --no-color" ;;
          inspect) words="--raster --sample --json --help --no-color" ;;
          energy) words="--device --prices --json --csv --help --no-color" ;;
          diff) words="--results-only --json --help --no-color" ;;
          plot)
            words="--output --force --population --sample --samples --bin-ms --neurons --width-mm
              --height-mm --help --no-color"
            ;;
          experiment)
            words="list run status report merge --output --only --epochs --samples --test-samples --shard
              --replace --jobs --threads --data-dir --from --quiet --help --no-color"
            ;;
          report) words="--output --force --samples --help --no-color" ;;
          data)
            words="list fetch verify show mnist fashion-mnist nmnist synthetic-digits --data-dir --from
              --force --json --split --sample --camera --output --quiet --help --no-color"
            ;;
          info) words="--help --no-color" ;;
          help)
            words="run train encode validate graph inspect report plot energy diff experiment data
              info help network models encoders devices training exit-codes environment json"
            ;;
        esac
        ;;
    esac
  fi
  # Options only where one is begun; network and result files otherwise.
  if [[ $command == help || $command == data || $command == experiment || $COMP_CWORD == 1 || $previous == --engine ||
    $previous == --split || $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  fi
  # The kind of a figure may stand before or after its files.
  if [[ $command == plot && $COMP_CWORD -gt 1 && $previous != -* && $current != -* ]]; then
    words="raster rate activity trace confusion training"
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current" && compgen -f -- "$current")
  fi
  ((${#COMPREPLY[@]} > 0)) || mapfile -t COMPREPLY < <(compgen -f -- "$current")
}

complete -o filenames -F _neurosim neurosim
