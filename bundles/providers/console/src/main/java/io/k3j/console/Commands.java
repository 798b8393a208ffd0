package io.k3j.console;

import io.k3j.componentapi.Components;
import io.k3j.componentapi.SwapRefused;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The commands about bundles: `ls [-o wide]`, `check JAR`, `swap JAR [--plan]`, `back NAME`, `stop NAME`,
/// `start NAME`. Those about components begin with the word `component` ([ComponentCommands]).
final class Commands {
    private static final System.Logger LOG = System.getLogger("io.k3j.console");
    private static final String OUT = "+";
    private static final String ERROR = "!";
    private static final String PLAN = "--plan";

    private final Components components;
    private final ShellSource shell;

    /// Without a shell.
    Commands(Components components) {
        this(components, (use, gone) -> OptionalInt.empty());
    }

    Commands(Components components, ShellSource shell) {
        this.components = components;
        this.shell = shell;
    }

    /// Who runs `component shell` ([ShellSessions]), which needs more of a client than a command does.
    ShellSource shell() {
        return shell;
    }

    /// Runs a command for `caller` and returns its exit code; `line` receives each output line with its mark.
    int run(List<String> words, String caller, Consumer<String> line) {
        if (words.getFirst().equals("component")) {
            return new ComponentCommands(components).run(words.subList(1, words.size()), caller, line);
        }
        boolean wide = words.equals(List.of("ls", "-o", "wide"));
        if (wide || words.equals(List.of("ls"))) {
            ComponentTable.of(components.list(), wide).forEach(row -> line.accept(OUT + row));
            return 0;
        }
        if (words.size() == 3 && words.getFirst().equals("swap") && words.contains(PLAN)) {
            String jar = words.get(words.indexOf(PLAN) == 1 ? 2 : 1);
            return answered(line, () -> components.plan(Path.of(jar)).forEach(step -> line.accept(OUT + step)));
        }
        if (words.size() != 2) {
            return usage(line);
        }
        String argument = words.get(1);
        Consumer<String> step = text -> text.lines().forEach(one -> line.accept(OUT + one));
        return switch (words.getFirst()) {
            case "check" -> check(Path.of(argument), line);
            case "swap" -> change(words, caller, line, () -> components.swap(Path.of(argument), step));
            case "back" -> change(words, caller, line, () -> components.back(argument, step));
            case "stop" -> change(words, caller, line, () -> components.stop(argument));
            case "start" -> change(words, caller, line, () -> components.start(argument));
            default -> usage(line);
        };
    }

    private static int usage(Consumer<String> line) {
        line.accept(
                ERROR + "unknown command; use: k3s bundle ls [-o wide] | check JAR | swap JAR [--plan] | back NAME |"
                        + " stop NAME | start NAME");
        return 2;
    }

    private int check(Path jar, Consumer<String> line) {
        List<String> obstacles = components.check(jar);
        obstacles.forEach(obstacle -> error(line, obstacle));
        if (!obstacles.isEmpty()) {
            return 1;
        }
        return answered(line, () -> {
            String signer = components.signer(jar);
            line.accept(OUT + "ok" + (signer.isEmpty() ? "" : ", signed by " + signer));
        });
    }

    private static int change(List<String> words, String caller, Consumer<String> line, Change change) {
        LOG.log(System.Logger.Level.INFO, "Console command user={0} command={1}", caller, String.join(" ", words));
        try {
            Components.Component now = change.apply();
            LOG.log(System.Logger.Level.INFO, "Console command done user={0} bundle={1} version={2}", caller,
                    now.name(),
                    now.version());
            line.accept(OUT + now.name() + (now.version().isEmpty() ? "" : " " + now.version()) + " " + now.state());
            return 0;
        } catch (SwapRefused e) {
            LOG.log(System.Logger.Level.WARNING, "Console command refused user={0} error={1}", caller, e.getMessage());
            return error(line, e.getMessage());
        }
    }

    /// An answer that changes nothing, or why there is none.
    static int answered(Consumer<String> line, Runnable answer) {
        try {
            answer.run();
            return 0;
        } catch (SwapRefused e) {
            return error(line, e.getMessage());
        }
    }

    /// An error, each line of it marked.
    static int error(Consumer<String> line, @Nullable String message) {
        String.valueOf(message).lines().forEach(one -> line.accept(ERROR + one));
        return 1;
    }

    private interface Change {
        Components.Component apply();
    }
}
