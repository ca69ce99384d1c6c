#!/bin/sh
# Fetches the third-party assets at development time only and writes their checksums. The result is committed;
# nothing from the package registry runs when the product is built or started.
#   sh static/vendor_assets.sh
set -eu
STATIC=$(cd "$(dirname "$0")" && pwd)
VENDOR="$STATIC/vendor"
FETCHED=$(mktemp -d)
mkdir -p "$VENDOR"

for package in bootstrap@5.3.9 htmx.org@2.0.11 @fontsource-variable/inter@5.3.0 bootstrap-icons@1.13.2; do
  (cd "$FETCHED" && npm pack --silent --ignore-scripts "$package" >/dev/null)
done

take() { tar -xzOf "$FETCHED/$1" "package/$2" >"$VENDOR/$3"; }
take bootstrap-5.3.9.tgz dist/css/bootstrap.min.css bootstrap.min.css
take bootstrap-5.3.9.tgz dist/js/bootstrap.bundle.min.js bootstrap.bundle.min.js
take bootstrap-5.3.9.tgz LICENSE LICENSE.bootstrap
take htmx.org-2.0.11.tgz dist/htmx.min.js htmx.min.js
take htmx.org-2.0.11.tgz LICENSE LICENSE.htmx
take fontsource-variable-inter-5.3.0.tgz files/inter-latin-wght-normal.woff2 inter.woff2
take fontsource-variable-inter-5.3.0.tgz LICENSE LICENSE.inter
take bootstrap-icons-1.13.2.tgz LICENSE LICENSE.bootstrap-icons

# Manifest storage fails on source maps that are not shipped.
sed -i 's#/\*\# sourceMappingURL=.*\*/##' "$VENDOR/bootstrap.min.css"
sed -i 's#^//\# sourceMappingURL=.*##' "$VENDOR/bootstrap.bundle.min.js"

# One sprite of the icons in use (the package's own sprite is over a megabyte).
ICONS="arrow-down arrow-left arrow-repeat arrow-right arrow-up box-arrow-right calculator check-circle-fill check-lg
chat-left chat-left-text chat-left-text-fill chevron-down chevron-left chevron-right circle circle-half clock-fill
clock-history cloud-check cloud-slash dash-circle dot download exclamation-circle-fill exclamation-diamond-fill
exclamation-triangle-fill file-earmark-pdf funnel gear hourglass-split info-circle-fill key ladder lock-fill
pause-circle-fill pen people person-circle plus-lg printer question-circle reply search shield-check slash-circle
snow2 table translate trash3 unlock vector-pen x-lg"
{
  printf '<svg xmlns="http://www.w3.org/2000/svg">\n'
  for name in $ICONS; do
    tar -xzOf "$FETCHED/bootstrap-icons-1.13.2.tgz" "package/icons/$name.svg" | tr -d '\n' | sed \
      -e "s#<svg[^>]*viewBox=\"\([^\"]*\)\"[^>]*>#<symbol id=\"$name\" viewBox=\"\1\">#" -e 's#</svg>#</symbol>#' -e 's#> *<#><#g'
    printf '\n'
  done
  printf '</svg>\n'
} >"$STATIC/icons.svg"

(cd "$VENDOR" && rm -f SHA256SUMS && sha256sum ./* ../icons.svg >../SHA256SUMS.new && mv ../SHA256SUMS.new SHA256SUMS)
rm -rf "$FETCHED"
