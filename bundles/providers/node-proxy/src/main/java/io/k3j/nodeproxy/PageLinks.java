package io.k3j.nodeproxy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/// Rewrites the links of an HTML page while it is forwarded, as upstream's proxy does, so that they lead
/// through the API server. All other bytes are unchanged. Not thread-safe. See
/// <https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services/>.
///
/// A tag longer than [#MAX_TAG_BYTES] is forwarded unchanged; scripts, styles and comments contain no tags.
final class PageLinks {
    /// Bytes of a tag that are buffered until its end arrives.
    static final int MAX_TAG_BYTES = 64 * 1024;
    private static final Map<String, Set<String>> LINKS = Map.ofEntries(Map.entry("a", Set.of("href")),
            Map.entry("applet", Set.of("codebase")), Map.entry("area", Set.of("href")),
            Map.entry("audio", Set.of("src")), Map.entry("base", Set.of("href")),
            Map.entry("blockquote", Set.of("cite")), Map.entry("body", Set.of("background")),
            Map.entry("button", Set.of("formaction")), Map.entry("command", Set.of("icon")),
            Map.entry("del", Set.of("cite")), Map.entry("embed", Set.of("src")), Map.entry("form", Set.of("action")),
            Map.entry("frame", Set.of("longdesc", "src")), Map.entry("head", Set.of("profile")),
            Map.entry("html", Set.of("manifest")), Map.entry("iframe", Set.of("longdesc", "src")),
            Map.entry("img", Set.of("longdesc", "src", "usemap")),
            Map.entry("input", Set.of("src", "usemap", "formaction")), Map.entry("ins", Set.of("cite")),
            Map.entry("link", Set.of("href")), Map.entry("object", Set.of("classid", "codebase", "data", "usemap")),
            Map.entry("q", Set.of("cite")), Map.entry("script", Set.of("src")), Map.entry("source", Set.of("src")),
            Map.entry("video", Set.of("poster", "src")));
    private static final String SPACE = " \t\r\n\f";
    private static final String NO_NAME = SPACE + "\"'>/=";
    private static final Set<String> RAW_TEXT = Set.of("script", "style", "textarea", "title", "xmp", "noframes");
    private final UnaryOperator<String> link;
    private final StringBuilder buffer = new StringBuilder();
    private String until = "";
    private char quote;

    /// @param link rewrites one link
    PageLinks(UnaryOperator<String> link) {
        this.link = link;
    }

    /// Processes the next bytes.
    /// @return the bytes to forward now
    byte[] next(byte[] block, int length) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(length);
        for (int i = 0; i < length; i++) {
            next((char) (block[i] & 0xff), out);
        }
        return out.toByteArray();
    }

    /// The buffered rest at the end of the page.
    byte[] end() {
        return buffer.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private void next(char c, ByteArrayOutputStream out) {
        if (buffer.isEmpty() && c != '<' && until.isEmpty()) {
            out.write(c);
            return;
        }
        buffer.append(c);
        if (!until.isEmpty()) {
            skip(out);
        } else if (buffer.length() == 4 && buffer.indexOf("<!--") == 0) {
            until = "-->";
        } else if (buffer.length() == 2 && !tagBegins(c) || buffer.length() > MAX_TAG_BYTES) {
            forward(buffer.toString(), out);
        } else if (quote != 0) {
            quote = c == quote ? 0 : quote;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '>') {
            tag(out);
        }
    }

    private static boolean tagBegins(char c) {
        return Character.isLetter(c) || c == '!' || c == '/' || c == '?';
    }

    /// Forwards content without tags until its end.
    private void skip(ByteArrayOutputStream out) {
        int from = buffer.length() - until.length();
        if (from >= 0 && buffer.substring(from).equalsIgnoreCase(until)) {
            until = "";
            forward(buffer.toString(), out);
        } else if (buffer.length() > MAX_TAG_BYTES) {
            out.writeBytes(buffer.substring(0, from).getBytes(StandardCharsets.ISO_8859_1));
            buffer.delete(0, from);
        }
    }

    private void forward(String text, ByteArrayOutputStream out) {
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
        buffer.setLength(0);
        quote = 0;
    }

    private void tag(ByteArrayOutputStream out) {
        String tag = buffer.toString();
        int end = 1;
        while (Character.isLetterOrDigit(tag.charAt(end))) {
            end++;
        }
        String name = tag.substring(1, end).toLowerCase(Locale.ROOT);
        Set<String> links = LINKS.getOrDefault(name, Set.of());
        forward(links.isEmpty() ? tag : rewrite(tag, end, links), out);
        until = RAW_TEXT.contains(name) ? "</" + name : "";
    }

    private String rewrite(String tag, int from, Set<String> links) {
        StringBuilder all = new StringBuilder(tag.length()).append(tag, 0, from);
        int at = from;
        while (at < tag.length()) {
            int name = at;
            at = skipWhile(tag, at, NO_NAME, false);
            String attribute = tag.substring(name, at).toLowerCase(Locale.ROOT);
            int sign = skipWhile(tag, at, SPACE, true);
            if (attribute.isEmpty() || sign == tag.length() || tag.charAt(sign) != '=') {
                at = Math.max(sign, name + 1);
                all.append(tag, name, at);
                continue;
            }
            int value = skipWhile(tag, sign + 1, SPACE, true);
            char quoted = value < tag.length() ? tag.charAt(value) : ' ';
            boolean bare = quoted != '"' && quoted != '\'';
            value += bare ? 0 : 1;
            at = skipWhile(tag, value, bare ? SPACE + ">" : String.valueOf(quoted), false);
            String text = tag.substring(value, at);
            all.append(tag, name, value).append(links.contains(attribute) ? link.apply(text) : text);
        }
        return all.toString();
    }

    /// The index of the first character that is not in `these`, or, without `some`, that is.
    private static int skipWhile(String tag, int from, String these, boolean some) {
        int at = from;
        while (at < tag.length() && these.indexOf(tag.charAt(at)) >= 0 == some) {
            at++;
        }
        return at;
    }
}
