package io.k3j.codec;

/// Texts that hold what somebody else has written, as a terminal may show them: no character of theirs moves the
/// cursor, changes a title or answers for whoever reads them. Pure.
public final class TerminalText {
    private static final char DELETE = 0x7f;
    /// Behind the last of C1's control characters, U+0080 to U+009F, which terminals obey as they do ESC and a letter.
    private static final char BEHIND_CONTROLS = 0xa0;

    private TerminalText() {
    }

    /// With an escape in place of each control character but tab and line feed, of the form that JSON has. So JSON
    /// stays the same JSON, since it has them in strings alone.
    public static String escaped(String text) {
        if (text.chars().noneMatch(TerminalText::isControl)) {
            return text;
        }
        StringBuilder shown = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isControl(c)) {
                shown.append("\\u%04x".formatted((int) c));
            } else {
                shown.append(c);
            }
        }
        return shown.toString();
    }

    /// Whether a character is one that [#escaped] replaces.
    static boolean isControl(int c) {
        return c < ' ' && c != '\t' && c != '\n' || c >= DELETE && c < BEHIND_CONTROLS;
    }
}
