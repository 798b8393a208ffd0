package io.k3j.authoidc;

import io.k3j.codec.Json;
import io.k3j.codec.TerminalText;
import java.util.Collection;
import java.util.stream.Collectors;

/// Texts as Go's `%q` writes them, for messages in upstream's words; other control characters than those of ASCII have
/// escapes of the same form. What comes from a token is cut: it may be long.
final class Quoted {
    /// The longest text that is shown.
    private static final int MOST = 256;

    private Quoted() {
    }

    /// One.
    static String text(String text) {
        return TerminalText.escaped(Json.text(text.length() <= MOST ? text : text.substring(0, MOST) + "..."));
    }

    /// Several: `["a" "b"]`.
    static String texts(Collection<String> texts) {
        return texts.stream().limit(MOST / 4).map(Quoted::text).collect(Collectors.joining(" ", "[", "]"));
    }
}
