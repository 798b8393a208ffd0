package io.k3j.kubeletimages;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/// Whether what stands in a pod can be the name of an image at all, by the grammar of Docker's reference library:
/// `[host[:port]/]path[:tag][@digest]`. Pure. See <https://pkg.go.dev/github.com/distribution/reference>.
final class ImageReference {
    private static final String FORMAT = "invalid reference format";
    private static final int IDENTIFIER = 64;
    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_TAG = 128;
    private static final int SHORTEST_DIGEST = 32;

    private ImageReference() {
    }

    /// What is wrong with it, in upstream's words; empty for nothing.
    static String problem(String image) {
        if (image.length() == IDENTIFIER && image.chars().allMatch(c -> c <= 'f' && hex(c))) {
            return "invalid repository name (" + image + "), cannot specify 64-byte hexadecimal strings";
        }
        int slash = image.indexOf('/');
        String first = slash < 0 ? "" : image.substring(0, slash);
        boolean host = first.indexOf('.') >= 0 || first.indexOf(':') >= 0 || first.equals("localhost")
                || !first.equals(first.toLowerCase(Locale.ROOT));
        String rest = host ? image.substring(slash + 1) : image;
        int colon = rest.indexOf(':');
        String remote = colon < 0 ? rest : rest.substring(0, colon);
        if (!remote.equals(remote.toLowerCase(Locale.ROOT))) {
            return FORMAT + ": repository name (" + remote + ") must be lowercase";
        }
        if (host && !host(first)) {
            return FORMAT;
        }
        int at = rest.indexOf('@');
        String named = at < 0 ? rest : rest.substring(0, at);
        int tag = named.indexOf(':');
        String path = tag < 0 ? named : named.substring(0, tag);
        boolean fine = path(path) && (tag < 0 || tag(named.substring(tag + 1)))
                && (at < 0 || digest(rest.substring(at + 1)));
        if (!fine) {
            return FORMAT;
        }
        return path.length() > LONGEST_NAME
                ? "repository name must not be more than " + LONGEST_NAME + " characters" : "";
    }

    private static boolean host(String text) {
        int port = text.lastIndexOf(':');
        boolean bracketed = text.startsWith("[");
        boolean ported = port > text.lastIndexOf(']');
        String name = ported ? text.substring(0, port) : text;
        if (ported && !all(text.substring(port + 1), ImageReference::digit)) {
            return false;
        }
        if (bracketed) {
            return name.endsWith("]") && all(name.substring(1, name.length() - 1), c -> hex(c) || c == ':');
        }
        for (String part : parts(name, ".")) {
            if (!all(part, c -> letter(c) || digit(c) || c == '-') || part.startsWith("-") || part.endsWith("-")) {
                return false;
            }
        }
        return true;
    }

    private static boolean path(String text) {
        for (String part : parts(text, "/")) {
            if (!component(part)) {
                return false;
            }
        }
        return true;
    }

    /// Small letters and digits, between which are a dot, one or two underscores, or any number of hyphens.
    private static boolean component(String text) {
        StringBuilder between = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!small(c) && !digit(c)) {
                between.append(c);
            } else if (!between.isEmpty()) {
                if (i == between.length() || !separator(between.toString())) {
                    return false;
                }
                between.setLength(0);
            }
        }
        return !text.isEmpty() && between.isEmpty();
    }

    private static boolean separator(String text) {
        return text.equals(".") || text.equals("_") || text.equals("__") || all(text, c -> c == '-');
    }

    private static boolean tag(String text) {
        return text.length() <= LONGEST_TAG && all(text, c -> word(c) || c == '.' || c == '-')
                && word(text.charAt(0));
    }

    private static boolean digest(String text) {
        int colon = text.indexOf(':');
        if (colon <= 0) {
            return false;
        }
        for (String part : parts(text.substring(0, colon), "-_+.")) {
            if (!all(part, c -> letter(c) || digit(c)) || !letter(part.charAt(0))) {
                return false;
            }
        }
        String hex = text.substring(colon + 1);
        return hex.length() >= SHORTEST_DIGEST && all(hex, ImageReference::hex);
    }

    private static List<String> parts(String text, String separators) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (separators.indexOf(c) >= 0) {
                parts.add(part.toString());
                part.setLength(0);
            } else {
                part.append(c);
            }
        }
        parts.add(part.toString());
        return parts;
    }

    private static boolean all(String text, IntPredicate what) {
        return !text.isEmpty() && text.chars().allMatch(what);
    }

    private static boolean word(int c) {
        return letter(c) || digit(c) || c == '_';
    }

    private static boolean letter(int c) {
        return small(c) || c >= 'A' && c <= 'Z';
    }

    private static boolean small(int c) {
        return c >= 'a' && c <= 'z';
    }

    private static boolean digit(int c) {
        return c >= '0' && c <= '9';
    }

    private static boolean hex(int c) {
        return digit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
    }
}
