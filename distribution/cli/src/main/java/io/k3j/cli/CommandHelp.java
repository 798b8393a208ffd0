package io.k3j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/// Help of the commands beside `server` and `agent`, by `commands.tsv`, in the form of K3s' help.
final class CommandHelp {
    private static final String LIST = "/io/k3j/cli/commands.tsv";
    private static final int COLUMN = 46;
    private static final int WORDS = 14;
    private static final Map<String, Command> ALL = read();

    private CommandHelp() {
    }

    /// One command, as `token` or `token create`.
    ///
    /// @param usage what may stand after it
    /// @param flags in the order of the list
    private record Command(String name, String usage, String meaning, List<Option> flags) {
        String parent() {
            int blank = name.indexOf(' ');
            return blank < 0 ? "" : name.substring(0, blank);
        }
    }

    /// One flag.
    private record Option(String name, List<String> aliases, String variable, String preset, boolean valued,
            String meaning) {
        static Option parse(String line) {
            List<String> c = List.of(line.split("\t", -1));
            return new Option(c.get(0), c.get(1).isEmpty() ? List.of() : List.of(c.get(1).split(",")), c.get(2),
                    c.get(3), c.get(4).equals("value"), c.get(5));
        }

        String text() {
            List<String> names = new ArrayList<>(List.of(name));
            names.addAll(aliases);
            String shown = names.stream().map(n -> (n.length() == 1 ? "-" : "--") + n + (valued ? " value" : ""))
                    .collect(Collectors.joining(", "));
            return "   " + shown + " ".repeat(Math.max(2, COLUMN - shown.length())) + meaning
                    + (preset.isEmpty() ? "" : " (default: " + preset + ")")
                    + (variable.isEmpty() ? "" : " [$" + variable + "]") + "\n";
        }
    }

    private static Map<String, Command> read() {
        Map<String, Command> all = new LinkedHashMap<>();
        try (InputStream in = Objects.requireNonNull(CommandHelp.class.getResourceAsStream(LIST))) {
            List<Option> flags = new ArrayList<>();
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
                if (line.startsWith("=")) {
                    List<String> c = List.of(line.substring(1).split("\t", -1));
                    flags = new ArrayList<>();
                    all.put(c.get(0), new Command(c.get(0), c.get(1), c.get(2), flags));
                } else if (!line.startsWith("#")) {
                    flags.add(Option.parse(line));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    /// What is printed for words that ask for it: `token --help`, `token create -h`, `help token create`, and a command
    /// alone that needs one of its words; nothing for others.
    static Optional<String> asked(List<String> arguments) {
        boolean topic = !arguments.isEmpty() && List.of("help", "h").contains(arguments.getFirst());
        List<String> rest = topic ? arguments.subList(1, arguments.size()) : arguments;
        List<String> words = rest.stream().filter(word -> !word.startsWith("-")).toList();
        if (words.isEmpty() || !ALL.containsKey(words.getFirst())) {
            return Optional.empty();
        }
        // that one means save
        boolean alone = rest.size() == 1 && !words.getFirst().equals("etcd-snapshot")
                && !children(words.getFirst()).isEmpty();
        if (!topic && !alone && rest.stream().noneMatch(word -> word.equals("--help") || word.equals("-h"))) {
            return Optional.empty();
        }
        Command child = words.size() > 1 ? ALL.get(words.getFirst() + " " + words.get(1)) : null;
        return Optional.of(text(child == null ? Objects.requireNonNull(ALL.get(words.getFirst())) : child));
    }

    /// The names of the flags of a command, those that its words have in common included.
    static List<String> flags(String command) {
        return options(Objects.requireNonNull(ALL.get(command))).stream().map(Option::name).toList();
    }

    /// The words of a command, as `create` of `token`.
    static List<String> words(String command) {
        return children(command).stream().map(child -> child.name().substring(command.length() + 1)).toList();
    }

    private static List<Option> options(Command command) {
        List<Option> all = new ArrayList<>(command.flags());
        Command parent = ALL.get(command.parent());
        if (parent != null) {
            all.addAll(parent.flags());
        }
        return all;
    }

    private static List<Command> children(String name) {
        return ALL.values().stream().filter(command -> command.parent().equals(name)).toList();
    }

    private static String text(Command command) {
        List<Command> children = children(command.name());
        StringBuilder text = new StringBuilder("NAME:\n   k3s ").append(command.name()).append(" - ")
                .append(command.meaning()).append("\n\nUSAGE:\n   k3s ").append(command.name())
                .append(children.isEmpty() ? " [OPTIONS]" : " command [command options]")
                .append(command.usage().isEmpty() ? "" : " " + command.usage()).append("\n");
        if (!children.isEmpty()) {
            text.append("\nCOMMANDS:\n");
            children.forEach(child -> {
                String word = child.name().substring(command.name().length() + 1);
                text.append("   ").append(word).append(" ".repeat(Math.max(2, WORDS - word.length())))
                        .append(child.meaning()).append('\n');
            });
        }
        text.append("\nOPTIONS:\n");
        options(command).forEach(option -> text.append(option.text()));
        return text.append("   --help, -h").append(" ".repeat(COLUMN - "--help, -h".length())).append("show help\n")
                .toString();
    }
}
