package io.k3j.cel;

import static dev.cel.common.types.SimpleType.DYN;
import static dev.cel.common.types.SimpleType.INT;
import static dev.cel.common.types.SimpleType.STRING;

import dev.cel.common.types.ListType;
import io.k3j.celvalues.EvalFailure;
import java.util.List;

/// Functions of the string library that make texts longer than their arguments: each knows the length before.
final class Strings {
    private Strings() {
    }

    static void enter(Functions f) {
        f.member("join", "list_join", STRING, (_, a) -> join((List<?>) a[0], ""), ListType.create(STRING));
        f.member("join", "list_join_string", STRING, (_, a) -> join((List<?>) a[0], (String) a[1]),
                ListType.create(STRING), STRING);
        f.member("replace", "string_replace_string_string", STRING,
                (_, a) -> replace((String) a[0], (String) a[1], (String) a[2], -1), STRING, STRING, STRING);
        f.member("replace", "string_replace_string_string_int", STRING,
                (_, a) -> replace((String) a[0], (String) a[1], (String) a[2], (Long) a[3]), STRING, STRING, STRING,
                INT);
        f.member("format", "string_format", STRING,
                (frame, a) -> Formatting.format(frame, (String) a[0], (List<?>) a[1]),
                STRING, ListType.create(DYN));
    }

    /// @throws EvalFailure when a text of that length is too long
    static void bounded(long length) {
        if (length > Frame.LONGEST_TEXT) {
            throw new EvalFailure("string too large");
        }
    }

    private static String join(List<?> parts, String separator) {
        StringBuilder b = new StringBuilder();
        String before = "";
        for (Object part : parts) {
            if (!(part instanceof String s)) {
                throw EvalFailure.noSuchOverload();
            }
            bounded((long) b.length() + before.length() + s.length());
            b.append(before).append(s);
            before = separator;
        }
        return b.toString();
    }

    /// As Go's `strings.Replace`: nothing is found between all characters.
    private static String replace(String text, String old, String with, long most) {
        StringBuilder b = new StringBuilder();
        int from = 0;
        long left = most < 0 ? Long.MAX_VALUE : most;
        int at = old.isEmpty() ? 0 : text.indexOf(old);
        while (left-- > 0 && at >= 0 && at <= text.length()) {
            bounded((long) b.length() + at - from + with.length());
            b.append(text, from, at).append(with);
            from = at + old.length();
            at = old.isEmpty() ? after(text, at) : text.indexOf(old, from);
        }
        bounded((long) b.length() + text.length() - from);
        return b.append(text, from, text.length()).toString();
    }

    /// Behind the character at a place; beyond the end there is none.
    private static int after(String text, int at) {
        return at >= text.length() ? -1 : text.offsetByCodePoints(at, 1);
    }
}
