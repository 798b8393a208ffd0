package io.k3j.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// `k3s component shell [--data-dir DIR] [--] [COMMAND …]`: commands of the running server's bundles. One that is given
/// here; without it each line of the input, in one session, until the input ends. The exit code is that of the last.
/// Nothing of the input is kept.
final class ShellCommand {
    private static final String DATA_DIR = "--data-dir";
    private static final String WORD = "shell";
    private static final String REQUEST = "component\tshell";
    private static final String PROMPT = "g! ";
    /// As long as the server takes.
    private static final int MAX_CHARS = 8000;

    /// Where lines come from and answers go.
    record Terminal(InputStream in, PrintStream out, PrintStream err) {
    }

    private final Terminal terminal;

    private ShellCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /// Whether the arguments of `k3s component` are for this.
    static boolean means(List<String> arguments) {
        int at = afterDataDir(arguments, 0);
        return at < arguments.size() && arguments.get(at).equals(WORD);
    }

    /// @throws UsageFailure when there is no server, or when a command is not one line of bounded length
    static int run(List<String> arguments, Host host, Terminal terminal) {
        int own = afterDataDir(arguments, afterDataDir(arguments, 0) + 1);
        boolean dashes = own < arguments.size() && arguments.get(own).equals("--");
        String command = String.join(" ", arguments.subList(dashes ? own + 1 : own, arguments.size()));
        if (command.indexOf('\n') >= 0) {
            throw new UsageFailure("a command is one line; several lines are the input of: k3s component shell");
        }
        bounded(command);
        ShellCommand shell = new ShellCommand(terminal);
        return BundleCommand.connected(arguments.subList(0, own), host, (channel, lines) -> {
            BundleCommand.send(channel, command.isBlank() ? REQUEST : REQUEST + "\t" + command);
            int code = BundleCommand.answer(lines, terminal.out, terminal.err);
            return code == 0 && command.isBlank() ? shell.converse(channel, lines) : code;
        });
    }

    /// The first argument from `at` on that does not name the data directory.
    private static int afterDataDir(List<String> arguments, int at) {
        int next = at;
        while (next < arguments.size() && (arguments.get(next).equals(DATA_DIR)
                || arguments.get(next).startsWith(DATA_DIR + "="))) {
            next += arguments.get(next).equals(DATA_DIR) ? 2 : 1;
        }
        return Math.min(next, arguments.size());
    }

    private int converse(SocketChannel channel, BufferedReader answers) throws IOException {
        BufferedReader input = new BufferedReader(new InputStreamReader(terminal.in, StandardCharsets.UTF_8));
        int code = 0;
        prompt();
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            if (!line.isBlank()) {
                bounded(line);
                BundleCommand.send(channel, line);
                code = BundleCommand.answer(answers, terminal.out, terminal.err);
            }
            prompt();
        }
        return code;
    }

    private static void bounded(String command) {
        if (command.length() > MAX_CHARS) {
            throw new UsageFailure("a command has " + MAX_CHARS + " characters at most, this one has "
                    + command.length());
        }
    }

    /// For people only.
    private void prompt() {
        Console console = System.console();
        if (console != null && console.isTerminal()) {
            terminal.out.print(PROMPT);
            terminal.out.flush();
        }
    }
}
