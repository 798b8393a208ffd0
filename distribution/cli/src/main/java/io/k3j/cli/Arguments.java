package io.k3j.cli;

import java.util.ArrayList;
import java.util.List;

/// Reads a command line as K3s does: `--name=value`, `--name value`, one dash as good as two, flags
/// without value for booleans.
final class Arguments {
    static final String WHERE = "command line";
    private final Flags flags;
    private final String command;

    Arguments(String command, Flags flags) {
        this.command = command;
        this.flags = flags;
    }

    /// The settings in order. Problems found are added to `problems`.
    List<Setting> parse(List<String> arguments, List<String> problems) {
        List<Setting> settings = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (!argument.startsWith("-") || argument.equals("-") || argument.equals("--")) {
                problems.add("unexpected argument \"" + argument + "\": k3s " + command + " takes flags only; see k3s "
                        + command + " --help");
                continue;
            }
            String bare = argument.substring(argument.startsWith("--") ? 2 : 1);
            int eq = bare.indexOf('=');
            String name = eq < 0 ? bare : bare.substring(0, eq);
            Flag flag = flags.named(name).orElse(null);
            if (flag == null) {
                problems.add(unknown(argument, name));
            } else if (eq >= 0) {
                settings.add(new Setting(flag, bare.substring(eq + 1), WHERE));
            } else if (flag.type() == Flag.Type.BOOL) {
                settings.add(new Setting(flag, "true", WHERE));
            } else if (i + 1 < arguments.size()) {
                settings.add(new Setting(flag, arguments.get(++i), WHERE));
            } else {
                problems.add("flag needs an argument: " + flag.shown() + "; give it as " + flag.shown() + "=<value>");
            }
        }
        return settings;
    }

    private String unknown(String argument, String name) {
        String hint = flags.nearest(name).map(n -> "did you mean --" + n + "?")
                .orElse("see k3s " + command + " --help");
        return "flag provided but not defined: " + (argument.startsWith("--") ? "--" : "-") + name + " (" + WHERE
                + "); "
                + hint;
    }
}
