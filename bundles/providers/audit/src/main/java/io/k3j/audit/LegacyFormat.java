package io.k3j.audit;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.stream.Collectors;

/// The format `legacy` of the log: one line of `key="value"` for an event, in upstream's order. Pure.
final class LegacyFormat {
    private static final int LAST_LATIN = 0x7e;
    private static final int FIRST_LETTER_BEHIND = 0xa1;

    private LegacyFormat() {
    }

    /// The line of an event, without its end.
    static String line(Struct event) {
        Struct user = event.struct("user");
        Struct as = event.struct("impersonatedUser");
        boolean impersonates = event.has("impersonatedUser");
        Seq ips = event.seq("sourceIPs");
        return time(event.text("requestReceivedTimestamp")) + " AUDIT: id=" + quoted(event.text("auditID")) + " stage="
                + quoted(event.text("stage")) + " ip=" + quoted(ips.isEmpty() ? "<unknown>" : ips.text(0)) + " method="
                + quoted(event.text("verb")) + " user=" + quoted(user.text("username", "<none>")) + " groups="
                + quoted(groups(user, "<none>")) + " as="
                + quoted(impersonates ? as.text("username") : "<self>") + " asgroups="
                + quoted(groups(as, "<lookup>")) + " user-agent=" + quoted(event.text("userAgent")) + " namespace="
                + quoted(event.struct("objectRef").text("namespace", "<none>")) + " uri="
                + quoted(event.text("requestURI")) + " response=\""
                + (event.has("responseStatus") ? event.struct("responseStatus").whole("code", 0) : "<deferred>") + "\"";
    }

    /// Go's RFC3339Nano has no zeros at the end.
    private static String time(String micros) {
        String number = micros.endsWith("Z") ? micros.substring(0, micros.length() - 1) : micros;
        String shortened = number.indexOf('.') < 0 ? number : number.replaceAll("\\.?0+$", "");
        return shortened + "Z";
    }

    private static String groups(Struct user, String otherwise) {
        Seq groups = user.seq("groups");
        return groups.isEmpty() ? otherwise
                : groups.texts().stream().map(LegacyFormat::quoted).collect(Collectors.joining(","));
    }

    /// As Go's `%q`: nothing that a client sends breaks the line or its quotes.
    static String quoted(String text) {
        StringBuilder b = new StringBuilder(text.length() + 2).append('"');
        text.codePoints().forEach(c -> {
            switch (c) {
                case '"', '\\' -> b.append('\\').appendCodePoint(c);
                case '\n' -> b.append("\\n");
                case '\r' -> b.append("\\r");
                case '\t' -> b.append("\\t");
                default -> {
                    boolean printed = c >= ' ' && c <= LAST_LATIN
                            || c >= FIRST_LETTER_BEHIND && Character.isDefined(c) && !Character.isISOControl(c)
                                    && !Character.isWhitespace(c) && Character.getType(c) != Character.FORMAT
                                    && Character.getType(c) != Character.SURROGATE;
                    b.append(printed ? Character.toString(c)
                            : c < 0x80 ? String.format("\\x%02x", c)
                                    : c < 0x10000 ? String.format("\\u%04x", c) : String.format("\\U%08x", c));
                }
            }
        });
        return b.append('"').toString();
    }
}
