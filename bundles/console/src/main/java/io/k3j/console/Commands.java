package io.k3j.console;

import io.k3j.componentapi.Components;
import io.k3j.componentapi.SwapRefused;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/// The commands: `ls [-o wide]`, `check JAR`, `swap JAR`, `back NAME`.
final class Commands {
    private static final System.Logger LOG = System.getLogger("io.k3j.console");
    private static final String OUT = "+";
    private static final String ERROR = "!";

    private final Components components;

    Commands(Components components) {
        this.components = components;
    }

    /// Runs one command for `caller`, whose output goes to `line` with its mark; returns the exit code.
    int run(List<String> words, String caller, Consumer<String> line) {
        String command = words.getFirst();
        boolean wide = words.equals(List.of("ls", "-o", "wide"));
        if (wide || words.equals(List.of("ls"))) {
            Table.of(components.list(), wide).forEach(row -> line.accept(OUT + row));
            return 0;
        }
        if (words.size() == 2) {
            switch (command) {
                case "check" -> {
                    return check(Path.of(words.get(1)), line);
                }
                case "swap" -> {
                    Path jar = Path.of(words.get(1));
                    return change(words, caller, line, () -> components.swap(jar, step -> line.accept(OUT + step)));
                }
                case "back" -> {
                    String name = words.get(1);
                    return change(words, caller, line, () -> components.back(name, step -> line.accept(OUT + step)));
                }
                default -> {
                    // falls to the usage below
                }
            }
        }
        line.accept(ERROR + "unknown command; use: k3s bundle ls [-o wide] | check JAR | swap JAR | back NAME");
        return 2;
    }

    private int check(Path jar, Consumer<String> line) {
        List<String> obstacles = components.check(jar);
        obstacles.forEach(obstacle -> line.accept(ERROR + obstacle));
        if (obstacles.isEmpty()) {
            line.accept(OUT + "ok");
        }
        return obstacles.isEmpty() ? 0 : 1;
    }

    private static int change(List<String> words, String caller, Consumer<String> line, Change change) {
        LOG.log(System.Logger.Level.INFO, "audit user={0} command={1}", caller, String.join(" ", words));
        try {
            Components.Component now = change.make();
            line.accept(OUT + now.name() + " " + now.version() + " " + now.state());
            LOG.log(System.Logger.Level.INFO, "audit user={0} bundle={1} version={2}", caller, now.name(),
                    now.version());
            return 0;
        } catch (SwapRefused e) {
            LOG.log(System.Logger.Level.WARNING, "audit user={0} refused: {1}", caller, e.getMessage());
            line.accept(ERROR + e.getMessage());
            return 1;
        }
    }

    private interface Change {
        Components.Component make();
    }
}
