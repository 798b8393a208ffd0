package io.k3j.cli;

import java.util.List;
import java.util.Set;

/// One flag of `k3s server` or `k3s agent`, as one line of `flags.tsv` says.
///
/// @param name without dashes
/// @param aliases other names without dashes
/// @param environment the variable that sets it too, or empty
/// @param commands `server`, `agent` or both
/// @param type what its value must be
/// @param commas a value may be a list with commas (list flags only)
/// @param preset the default as text, or empty when it depends on the machine or there is none
/// @param hidden not shown by help, as in K3s
/// @param state what K3j does with it
/// @param meaning one line for help
record Flag(String name, List<String> aliases, String environment, Set<String> commands, Type type, boolean commas,
        String preset, boolean hidden, State state, String meaning) {
    private static final String NO_EFFECT = "no-effect:";
    private static final String ABSENT = "absent:";

    /// The kinds of values.
    enum Type {
        BOOL, NUMBER, PORT, DURATION, TEXT, LIST
    }

    /// What K3j does with a flag: everything K3s does, only for some values, nothing since nothing is to be done, or
    /// nothing yet.
    sealed interface State {
        /// Does what K3s does.
        record Works() implements State {
        }

        /// Does what K3s does for these values.
        record Only(List<String> values) implements State {
        }

        /// Taken with a warning: what it promises holds here without it.
        /// @param why the reason, for users
        record NoEffect(String why) implements State {
        }

        /// Refused, unless it is set to its default.
        /// @param why what stands in the way, or what to use instead, for users; empty where nothing is to be said
        record Absent(String why) implements State {
        }
    }

    /// The name in settings: `cluster-cidr` is `clusterCidr`.
    String key() {
        StringBuilder key = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            key.append(c == '-' ? Character.toUpperCase(name.charAt(++i)) : c);
        }
        return key.toString();
    }

    /// Whether its values are `name=value` arguments of a component.
    boolean arguments() {
        return type == Type.LIST && name.endsWith("-arg");
    }

    /// A value as components read it: arguments may be given with the dashes they have upstream.
    String bare(String value) {
        return arguments() && value.startsWith("--") ? value.substring(2) : value;
    }

    /// As people type it.
    String shown() {
        return name.length() == 1 ? "-" + name : "--" + name;
    }

    /// Reads one line of the list.
    static Flag parse(String line) {
        String[] c = line.split("\t", -1);
        List<String> type = List.of(c[4].split(","));
        return new Flag(c[0], words(c[1]), c[2], Set.copyOf(words(c[3])), Type.valueOf(type.getFirst().toUpperCase()),
                type.contains("comma"), c[5], !c[6].isEmpty(), state(c[7]), c[8]);
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(","));
    }

    private static State state(String text) {
        return switch (text) {
            case "works" -> new State.Works();
            case "absent" -> new State.Absent("");
            case String _ when text.startsWith(ABSENT) -> new State.Absent(text.substring(ABSENT.length()));
            case String _ when text.startsWith(NO_EFFECT) -> new State.NoEffect(text.substring(NO_EFFECT.length()));
            default -> new State.Only(words(text.substring("only:".length())));
        };
    }
}
