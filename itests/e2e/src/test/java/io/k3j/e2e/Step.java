package io.k3j.e2e;

import java.util.ArrayList;
import java.util.List;

/// One command of a transcript and what it must come to.
///
/// @param line where it begins in its file
/// @param command shell text
/// @param outside whether the test's side runs it, not the machine
/// @param eventually whether it is repeated until its output is right
/// @param code its exit code
/// @param expected its output
record Step(int line, String command, boolean outside, boolean eventually, int code, Expectation expected) {

    /// Reads the steps of a file. `$ ` begins a command and `> ` goes on with it; `$~ ` one that is repeated; `@ `
    /// one from outside; `? 1` after its output is its exit code; `#` a comment (at a line's start, outside of
    /// output: after an empty line); an empty line ends the output, `|` alone is an empty line of it. `{<1.30}` or
    /// `{>=1.30}` at the start of a command or an output line: only with these versions.
    static List<Step> parse(String text, int minor) {
        List<Step> steps = new ArrayList<>();
        List<String> lines = text.lines().toList();
        int at = 0;
        while (at < lines.size()) {
            String line = lines.get(at);
            if (line.isEmpty() || line.startsWith("#")) {
                at++;
                continue;
            }
            int end = at;
            while (end < lines.size() && !lines.get(end).isEmpty()) {
                end++;
            }
            if (applies(line, minor)) {
                steps.add(step(at + 1, lines.subList(at, end), minor));
            }
            at = end;
        }
        return steps;
    }

    private static Step step(int number, List<String> lines, int minor) {
        String first = bare(lines.get(0));
        boolean outside = first.startsWith("@");
        boolean eventually = first.startsWith("~", 1);
        StringBuilder command = new StringBuilder(first.substring(eventually ? 3 : 2));
        List<String> expected = new ArrayList<>();
        int code = 0;
        for (String line : lines.subList(1, lines.size())) {
            if (expected.isEmpty() && line.startsWith("> ")) {
                command.append('\n').append(line.substring(2));
            } else if (line.startsWith("? ")) {
                code = Integer.parseInt(line.substring(2));
            } else if (applies(line, minor)) {
                expected.add(bare(line).equals("|") ? "" : bare(line));
            }
        }
        return new Step(number, command.toString(), outside, eventually, code, new Expectation(expected));
    }

    private static boolean applies(String line, int minor) {
        if (line.startsWith("{<1.")) {
            return minor < Integer.parseInt(line.substring(4, line.indexOf('}')));
        }
        return !line.startsWith("{>=1.") || minor >= Integer.parseInt(line.substring(5, line.indexOf('}')));
    }

    private static String bare(String line) {
        return line.startsWith("{<1.") || line.startsWith("{>=1.") ? line.substring(line.indexOf('}') + 1) : line;
    }
}
