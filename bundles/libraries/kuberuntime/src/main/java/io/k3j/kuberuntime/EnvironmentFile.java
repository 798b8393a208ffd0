package io.k3j.kuberuntime;

import java.util.List;

/// A file of variables in the form that `fileKeyRef` reads: one `NAME='value'` a line, blanks before it, comments and
/// lines within the quotes allowed; nothing is expanded or escaped. See
/// <https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-via-file/>. One thread, for
/// one look.
final class EnvironmentFile {
    private static final String BLANKS = " \t";
    private final List<String> lines;
    private int next;

    private EnvironmentFile(String text) {
        List<String> all = List.of(text.split("\n", -1));
        lines = all.getLast().isEmpty() ? all.subList(0, all.size() - 1) : all;
    }

    /// The value of a variable, empty when there is none. What comes behind it is not looked at.
    /// @throws IllegalArgumentException for what is no such file, with upstream's words
    static String value(String text, String key) {
        return new EnvironmentFile(text).find(key);
    }

    private String find(String key) {
        while (next < lines.size()) {
            String line = withoutBlanks(line());
            if (!line.isEmpty() && !line.startsWith("#")) {
                String name = name(line);
                String value = value(line.substring(name.length() + 1));
                if (name.equals(key)) {
                    return value;
                }
            }
        }
        return "";
    }

    private String line() {
        String line = lines.get(next++);
        return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }

    private static String withoutBlanks(String text) {
        int begin = 0;
        while (begin < text.length() && BLANKS.indexOf(text.charAt(begin)) >= 0) {
            begin++;
        }
        return text.substring(begin);
    }

    private String name(String line) {
        int equals = line.indexOf('=');
        if (equals < 0) {
            throw wrong("missing '='");
        }
        if (equals == 0) {
            throw wrong("empty variable name");
        }
        if (BLANKS.indexOf(line.charAt(equals - 1)) >= 0) {
            throw wrong("whitespace before '=' is not allowed");
        }
        return line.substring(0, equals);
    }

    /// What stands behind a blank is no value, as a shell has it.
    private String value(String given) {
        if (!given.isEmpty() && BLANKS.indexOf(given.charAt(0)) >= 0) {
            return "";
        }
        if (!given.startsWith("'")) {
            throw wrong("value must be enclosed in single quotes");
        }
        int first = next;
        StringBuilder all = new StringBuilder();
        String rest = given.substring(1);
        int end = rest.indexOf('\'');
        while (end < 0) {
            if (next == lines.size()) {
                throw new IllegalArgumentException("invalid environment variable format starting at line " + first
                        + ": unclosed single quote");
            }
            all.append(rest).append('\n');
            rest = line();
            end = rest.indexOf('\'');
        }
        String after = withoutBlanks(rest.substring(end + 1));
        if (!after.isEmpty() && !after.startsWith("#")) {
            throw wrong("unexpected content after closing quote");
        }
        return all.append(rest, 0, end).toString();
    }

    private IllegalArgumentException wrong(String why) {
        return new IllegalArgumentException("invalid environment variable format at line " + next + ": " + why);
    }
}
