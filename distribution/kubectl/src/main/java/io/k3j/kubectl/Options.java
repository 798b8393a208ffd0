package io.k3j.kubectl;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The words and options of one command line.
/// @param words what is no option, in order
/// @param values option (long name) to its last value; switches have `true`
/// @param command what follows `--`
record Options(List<String> words, Map<String, String> values, List<String> command) {
    private static final Map<String, String> SHORT = Map.of("-n", "namespace", "-o", "output", "-f", "filename", "-l",
            "selector", "-c", "container", "-A", "all-namespaces", "-i", "stdin", "-t", "tty", "-p", "previous");
    private static final Set<String> VALUED = Set.of("namespace", "output", "filename", "selector", "container",
            "field-selector", "for", "timeout", "kubeconfig", "tail", "since", "grace-period", "cascade");
    private static final Set<String> SWITCHES = Set.of("all-namespaces", "stdin", "tty", "previous", "follow",
            "timestamps",
            "no-headers", "ignore-not-found", "all", "server-side", "force-conflicts", "show-labels", "now", "client");

    private static final Set<String> HELP = Set.of("-h", "--help");

    /// Reads a command line. `-f` means `--follow` for logs and a file for the others.
    /// @throws CommandFailure for an option this kubectl does not have
    static Options parse(String word, List<String> arguments) {
        List<String> words = new ArrayList<>();
        Map<String, String> values = new HashMap<>();
        int end = arguments.indexOf("--");
        List<String> own = end < 0 ? arguments : arguments.subList(0, end);
        for (int i = 0; i < own.size(); i++) {
            String a = own.get(i);
            if (!a.startsWith("-") || a.equals("-")) {
                words.add(a);
            } else if (a.equals("-it") || a.equals("-ti")) {
                values.putAll(Map.of("stdin", "true", "tty", "true"));
            } else {
                i += option(word, a, i + 1 < own.size() ? own.get(i + 1) : "", values);
            }
        }
        return new Options(words, values, end < 0 ? List.of() : arguments.subList(end + 1, arguments.size()));
    }

    /// Where the verb stands, before which there may be options; behind all of them when there is none.
    /// @throws CommandFailure for an option this kubectl does not have
    static int verb(List<String> arguments) {
        Map<String, String> values = new HashMap<>();
        int at = 0;
        while (at < arguments.size() && arguments.get(at).length() > 1 && arguments.get(at).startsWith("-")
                && !HELP.contains(arguments.get(at))) {
            at += 1 + option("", arguments.get(at), "", values);
        }
        return at;
    }

    private static int option(String word, String given, String next, Map<String, String> values) {
        int eq = given.indexOf('=');
        String bare = eq < 0 ? given : given.substring(0, eq);
        String attached = eq < 0 ? null : given.substring(eq + 1);
        String name = bare.startsWith("--") ? bare.substring(2) : SHORT.getOrDefault(bare.substring(0, 2), bare);
        if (!bare.startsWith("--") && bare.length() > 2) {
            attached = given.substring(2);
        }
        if (word.equals("logs") && name.equals("filename")) {
            name = "follow";
        }
        if (SWITCHES.contains(name)) {
            values.put(name, attached == null ? "true" : attached);
            return 0;
        }
        if (!VALUED.contains(name)) {
            throw CommandFailure.absent("error: no kubectl is installed, and the one built into k3s has no option "
                    + given);
        }
        values.put(name, attached == null ? next : attached);
        return attached == null ? 1 : 0;
    }

    String text(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    boolean flag(String name) {
        return "true".equals(values.get(name));
    }
}
