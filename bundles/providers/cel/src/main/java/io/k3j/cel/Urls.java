package io.k3j.cel;

import static dev.cel.common.types.SimpleType.BOOL;
import static dev.cel.common.types.SimpleType.STRING;
import static io.k3j.celvalues.Opaques.URL;

import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import io.k3j.celvalues.EvalFailure;
import io.k3j.celvalues.GoUrl;
import java.util.function.Function;

/// Upstream's library of URLs.
final class Urls {
    private Urls() {
    }

    static void enter(Functions f) {
        f.global("url", "string_to_url", URL, (_, a) -> {
            try {
                return GoUrl.parse((String) a[0]);
            } catch (EvalFailure e) {
                throw new EvalFailure("URL parse error during conversion from string: " + e.text());
            }
        }, STRING);
        f.global("isURL", "is_url_string", BOOL, (_, a) -> {
            try {
                GoUrl.parse((String) a[0]);
                return true;
            } catch (EvalFailure e) {
                return false;
            }
        }, STRING);
        part(f, "getScheme", "url_get_scheme", GoUrl::scheme);
        part(f, "getHost", "url_get_host", GoUrl::host);
        part(f, "getHostname", "url_get_hostname", GoUrl::hostname);
        part(f, "getPort", "url_get_port", GoUrl::port);
        part(f, "getEscapedPath", "url_get_escaped_path", GoUrl::escapedPath);
        f.member("getQuery", "url_get_query", MapType.create(STRING, ListType.create(STRING)),
                (_, a) -> of(a[0]).parameters(), URL);
    }

    private static void part(Functions f, String name, String id, Function<GoUrl, String> part) {
        f.member(name, id, STRING, (_, a) -> part.apply(of(a[0])), URL);
    }

    private static GoUrl of(Object value) {
        if (value instanceof GoUrl url) {
            return url;
        }
        throw EvalFailure.noSuchOverload();
    }
}
