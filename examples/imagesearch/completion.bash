
# Without the package bash-completion the words are those of the line before the
# cursor. Bash itself would split values at "=" and ":".
__imagesearch_init_completion()
{
    COMPREPLY=()
    local line=${COMP_LINE:0:COMP_POINT}
    read -ra words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=("")
    cword=$((${#words[@]} - 1))
    cur=${words[cword]}
    prev=${words[cword - 1]}
}

# The shell does not need the backslash that bash puts before a comma.
__imagesearch_start()
{
    __start_imagesearch "$@"
    COMPREPLY=("${COMPREPLY[@]//\\,/,}")
}
complete -o default -F __imagesearch_start imagesearch
