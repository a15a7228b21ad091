# The smallest server over stdio, for a thousand starts: tells its process, crashes when told to, and may refuse to go.
[ "$1" = stubborn ] && trap '' TERM
answer() { printf '{"jsonrpc":"2.0","id":%s,"result":{"resultType":"complete",%s}}\n' "$1" "$2"; }
while IFS= read -r line; do
  id=${line#*'"id":'}
  id=${id%%,*}
  case $line in
    *'"name":"crash"'*) exit 1 ;;
    *'"server/discover"'*)
      answer "$id" '"supportedVersions":["2026-07-28"],"capabilities":{},"ttlMs":0,"cacheScope":"private"' ;;
    *'"tools/call"'*) answer "$id" "\"content\":[{\"type\":\"text\",\"text\":\"$$\"}]" ;;
  esac
done
[ "$1" = stubborn ] && exec sleep 600
