#!/bin/sh
# Archive du TP : ce script, puis le programme tp, puis un tar compressé par zstd. Emploi : sh ARCHIVE [DOSSIER DU DÉPÔT]
# @MANIFEST@
# sha256 @SUM@
fin() {
    printf 'Erreur : %s\n' "$1" >&2
    exit 1
}
case $0 in
/*) archive=$0 ;;
*) archive=$PWD/$0 ;;
esac
depot=$(cd -- "${1:-.}" 2>/dev/null && pwd)
[ -f "$depot/cli/requirements.txt" ] ||
    fin "« ${1:-.} » n'est pas le dossier du TP : sh « $0 » DOSSIER"
[ "$(uname -s) $(uname -m)" = "@SYSTEM@" ] ||
    fin "cette archive est pour @SYSTEM@, et cette machine est $(uname -s) $(uname -m) : faites-en une sur une machine pareille à celle-ci"
dossier=$(mktemp -d "$depot/.tp-XXXXXX") ||
    fin "« $depot » n'est pas inscriptible, ou son disque est plein"
trap 'rm -rf "$dossier"' EXIT
trap 'exit 130' HUP INT TERM
tail -n +@FIRST@ "$archive" | head -c @PROGRAM@ >"$dossier/tp"
somme=$({ sha256sum "$dossier/tp" || shasum -a 256 "$dossier/tp"; } 2>/dev/null | cut -d ' ' -f 1)
case $somme in
'' | @PROGRAM_SUM@) ;;
*) fin "l'archive est abîmée ou incomplète, ou le disque est plein : copiez-la de nouveau" ;;
esac
chmod +x "$dossier/tp"
"$dossier/tp" --version >/dev/null 2>&1 ||
    fin "le programme de l'archive ne démarre pas ici : @NEEDS@"
"$dossier/tp" unpack "$archive"
exit $?
