package io.k3j.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The arguments of a small command: flags with their values, and the words between them. A flag the command does not
/// have is an error that lists those it has.
final class Words {
    private final Map<String, List<String>> flags = new HashMap<>();
    private final List<String> plain = new ArrayList<>();

    private Words() {
    }

    /// What a command takes.
    ///
    /// @param usage told with every complaint
    /// @param aliases short names to long ones
    /// @param valued flags with a value
    /// @param switches flags without
    record Form(String usage, Map<String, String> aliases, Set<String> valued, Set<String> switches) {
    }

    /// Reads the arguments.
    static Words of(List<String> arguments, Form form) {
        Words words = new Words();
        for (int i = 0; i < arguments.size(); i++) {
            String word = arguments.get(i);
            if (!word.startsWith("-") || word.equals("-")) {
                words.plain.add(word);
                continue;
            }
            int equals = word.indexOf('=');
            String typed = (equals < 0 ? word : word.substring(0, equals)).replaceFirst("^--?", "");
            String name = form.aliases().getOrDefault(typed, typed);
            if (form.switches().contains(name)) {
                words.add(name, equals < 0 ? "true" : word.substring(equals + 1));
            } else if (!form.valued().contains(name)) {
                throw new UsageFailure("flag provided but not defined: " + word + "\n" + form.usage());
            } else if (equals >= 0) {
                words.add(name, word.substring(equals + 1));
            } else if (++i < arguments.size()) {
                words.add(name, arguments.get(i));
            } else {
                throw new UsageFailure("flag needs a value: " + word + "\n" + form.usage());
            }
        }
        return words;
    }

    private void add(String name, String value) {
        flags.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
    }

    /// The last value of a flag.
    String text(String name, String otherwise) {
        return flags.containsKey(name) ? flags.get(name).getLast() : otherwise;
    }

    /// All values of a flag, each of which may hold several with commas.
    List<String> all(String name) {
        List<String> all = new ArrayList<>();
        flags.getOrDefault(name, List.of()).forEach(value -> all.addAll(List.of(value.split(","))));
        return all;
    }

    /// The same, or `otherwise` where the flag is not given.
    List<String> all(String name, List<String> otherwise) {
        return flags.containsKey(name) ? all(name).stream().map(String::strip).toList() : otherwise;
    }

    /// Whether a switch is on.
    /// @throws UsageFailure for a value that Go does not read as a boolean
    boolean on(String name) {
        String value = text(name, "false");
        return TypeCheck.bool(value).orElseThrow(() -> new UsageFailure("invalid value \"" + value + "\" for flag --"
                + name + ": it must be true or false"));
    }

    /// The words that are no flags.
    List<String> plain() {
        return plain;
    }
}
