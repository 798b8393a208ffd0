package io.k3j.kuberuntime;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// A file of variables in the form that `fileKeyRef` reads: one `NAME='value'` a line, blanks before it, comments and
/// lines within the quotes allowed; nothing is expanded or escaped. See
/// <https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-via-file/>. One thread, for
/// one look.
final class EnvironmentFile {
    private static final String BLANKS = " \t";
    /// Go's `bufio.Scanner`, by which upstream reads, takes no longer ones.
    private static final int MOST_LINE = (64 << 10) - 1;
    private final String text;
    private int at;
    private int next;

    /// What a file says of some variables.
    ///
    /// @param found the values by name
    /// @param problem why the file could not be read to its end, with upstream's words; empty when it was, or all had
    ///     been found by then
    record Values(Map<String, String> found, String problem) {
        /// The value of one of the variables, empty when there is none.
        /// @throws IllegalArgumentException when it had not been found where the file is wrong
        String get(String key) {
            String value = found.get(key);
            if (value == null && !problem.isEmpty()) {
                throw new IllegalArgumentException(problem);
            }
            return value == null ? "" : value;
        }
    }

    private EnvironmentFile(String text) {
        this.text = text;
    }

    /// The values of some variables; of a name that comes twice the first counts. What comes behind the last of them
    /// is not looked at.
    static Values values(String text, Set<String> keys) {
        Map<String, String> found = new HashMap<>();
        try {
            new EnvironmentFile(text).find(keys, found);
        } catch (IllegalArgumentException e) {
            return new Values(found, String.valueOf(e.getMessage()));
        }
        return new Values(found, "");
    }

    private void find(Set<String> keys, Map<String, String> found) {
        while (at < text.length() && found.size() < keys.size()) {
            String line = withoutBlanks(line());
            if (!line.isEmpty() && !line.startsWith("#")) {
                String name = name(line);
                String value = value(line.substring(name.length() + 1));
                if (keys.contains(name)) {
                    found.putIfAbsent(name, value);
                }
            }
        }
    }

    private String line() {
        int newline = text.indexOf('\n', at);
        int end = newline < 0 ? text.length() : newline;
        String line = text.substring(at, end);
        at = newline < 0 ? end : newline + 1;
        next++;
        if (ExecLimits.bytes(line) > MOST_LINE) {
            throw wrong("it has more than " + MOST_LINE + " bytes");
        }
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
            if (at == text.length()) {
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
