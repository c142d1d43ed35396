/// The completion script for bash, which takes `--env NAME=KEY` for the words `--env`, `NAME`, `=`
/// and `KEY`, and `uid:1` for three. The parser's script takes words as they come: they are put
/// together before, and what bash already has of the word is left out of what is offered.
enum BashCompletion {
    private static let end = "complete -o filenames -F _vaultctl vaultctl"
    private static let names = #"__vaultctl_add_completions -W "$(__vaultctl_custom_complete"#

    private static let help = "_vaultctl_help() {"
    private static let offering = #"""
            local topics
            topics="$(__vaultctl_topics "${COMP_WORDS[*]:2:COMP_CWORD-2}")"
            COMPREPLY+=($(compgen -W "${topics}" -- "${cur}"))
        """#

    /// The parser's script, with what it lacks.
    static func completed(_ script: String) -> String {
        guard script.hasPrefix("#!/bin/bash"), script.contains(end) else { return script }
        return script.replacing(names, with: #"__vaultctl_add_names "$(__vaultctl_custom_complete"#)
            .replacing(help, with: HelpCompletion.function + "\n" + help + "\n" + offering)
            .replacing(end, with: adding + "\n" + joining)
    }

    /// What is no file is shown whole, with its spaces quoted as they are typed, and goes on after
    /// a slash as a path does. What comes after `run ... --` is somebody else's.
    private static let adding = #"""
        __vaultctl_add_names() {
            compopt +o filenames 2>/dev/null
            local name
            while IFS='' read -r name; do
                name="${name// /\\ }"
                [[ -n "${name}" && "${name}" = "${cur}"* ]] || continue
                if [[ "${name}" = *[/:] ]]; then
                    [[ "${name}" = "${cur}" ]] && continue
                    compopt -o nospace 2>/dev/null
                fi
                COMPREPLY+=("${name}")
            done <<<"${1}"
        }

        __vaultctl_program() {
            local -i index
            for ((index = 1; index < COMP_CWORD; index++)); do
                [[ "${COMP_WORDS[${index}]}" = -- ]] && break
            done
            [[ "${index}" -lt "${COMP_CWORD}" ]] || return 1
            [[ " ${COMP_WORDS[*]:1:${index}} " = *' run '* ]] || return 1
            if declare -F _command_offset >/dev/null; then
                _command_offset "$((index + 1))"
            elif [[ "$((index + 1))" -eq "${COMP_CWORD}" ]]; then
                COMPREPLY=($(compgen -c -- "${2}"))
            else
                compopt -o default 2>/dev/null
            fi
        }
        """#

    private static let joining = #"""

        __vaultctl_joined() {
            __vaultctl_program "${@}" && return
            local breaks="${COMP_WORDBREAKS//[^=:]/}"
            if [[ -z "${breaks}" ]]; then
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
                if [[ "${index}" -gt 0 && -z "${space}" && "${word}" =~ ^[=:]+$ ]]; then
                    if [[ "${words[-1]}" = -* && "${word}" = '='* ]]; then
                        words+=("${word#=}")
                        line+=" ${word#=}"
                    else
                        words[-1]+="${word}"
                        line+="${word}"
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
            local -a COMP_WORDS=("${words[@]}")
            local -i COMP_CWORD="${current}"
            local COMP_LINE="${line}${rest}" joined="${2}" before=''
            local -i COMP_POINT="${#COMP_LINE}-${#rest}"
            [[ "${words[${current}]}" = *[=:]* ]] && joined="${words[${current}]}"
            [[ -z "${joined}" || "${joined}" = *[=:]* || "${2}" = [=:] ]] \
                && joined="${words[${current}]}"
            _vaultctl "${1}" "${joined}" "${words[$((current - 1))]}"
            before="${joined%"${joined##*["${breaks}"]}"}"
            COMPREPLY=("${COMPREPLY[@]#"${before}"}")
        }
        complete -o filenames -F __vaultctl_joined vaultctl
        """#
}
