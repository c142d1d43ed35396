/// The completion script for bash. bash takes `--env NAME=KEY` for the words `--env`, `NAME`, `=`
/// and `KEY`, which the parser's script takes as they come. Here they are put together again
/// before, and what bash already has of the word is left out of what is offered.
enum BashCompletion {
    private static let end = "complete -o filenames -F _vaultctl vaultctl"

    /// The parser's script, with words put together.
    static func completed(_ script: String) -> String {
        guard script.hasPrefix("#!/bin/bash"), script.contains(end) else { return script }
        return script.replacing(end, with: joining)
    }

    private static let joining = #"""
        __vaultctl_joined() {
            if [[ "${COMP_WORDBREAKS}" != *=* ]]; then
                _vaultctl "${@}"
                return
            fi
            local -a words=()
            local -i index current=0
            local line='' rest="${COMP_LINE}" word space is_open=false
            for index in "${!COMP_WORDS[@]}"; do
                word="${COMP_WORDS[${index}]}"
                space="${rest%%[![:space:]]*}"
                rest="${rest#"${space}${word}"}"
                if [[ "${index}" -gt 0 && -z "${space}" && "${word}" = '=' ]]; then
                    if [[ "${words[-1]}" = -* ]]; then
                        words+=('')
                        line+=' '
                    else
                        words[-1]+='='
                        line+='='
                    fi
                    is_open=true
                elif "${is_open}" && [[ -z "${space}" ]]; then
                    words[-1]+="${word}"
                    line+="${word}"
                    is_open=false
                else
                    words+=("${word}")
                    line+="${space}${word}"
                    is_open=false
                fi
                [[ "${index}" -eq "${COMP_CWORD}" ]] && current="$((${#words[@]} - 1))"
            done
            local cut="${COMP_LINE::${COMP_POINT}}"
            local -a COMP_WORDS=("${words[@]}")
            local -i COMP_CWORD="${current}"
            local COMP_LINE="${line}${rest}"
            local joined="${2}"
            [[ "${cut}" = *=* ]] && joined="${words[${current}]}"
            _vaultctl "${1}" "${joined}" "${words[$((current - 1))]}"
            local before="${joined%"${joined##*=}"}"
            COMPREPLY=("${COMPREPLY[@]#"${before}"}")
        }
        complete -o filenames -F __vaultctl_joined vaultctl
        """#
}
