package io.k3j.cli.upgrade;

/// What somebody else has written, as a terminal of root may show it: no line of it can look like one of ours, and none
/// tells the terminal what to do.
final class Printable {
    private static final int LONGEST = 300;

    private Printable() {
    }

    /// With `?` in place of all but plain ASCII, and cut off when it is long.
    static String of(String text) {
        StringBuilder shown = new StringBuilder();
        text.chars().limit(LONGEST).forEach(c -> shown.append(c < ' ' || c > '~' ? '?' : (char) c));
        return shown + (text.length() > LONGEST ? "..." : "");
    }

    /// Whether it is nothing but letters, digits and those signs, some and not more than 200 of them.
    static boolean plain(String text, String signs) {
        return !text.isEmpty() && text.length() <= 200 && text.chars().allMatch(c -> c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || signs.indexOf(c) >= 0);
    }
}
