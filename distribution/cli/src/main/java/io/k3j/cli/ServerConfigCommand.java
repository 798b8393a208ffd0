package io.k3j.cli;

import io.k3j.codec.TerminalText;
import io.k3j.pki.ClusterAccess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `k3s server-config get|set`: shows and changes the flags all servers of a cluster agree on.
final class ServerConfigCommand {
    private static final String USAGE = "use: k3s server-config get [-o json], or: k3s server-config set --FLAG=VALUE …"
            + "   (--server, --token, --data-dir say which server)";
    private static final Set<String> OURS = Set.of("server", "token", "data-dir", "output");
    private static final String PATH = "/v1-k3s/server-config";

    private ServerConfigCommand() {
    }

    static int run(List<String> arguments, Host host) {
        String word = arguments.isEmpty() ? "" : arguments.getFirst();
        List<String> ours = new ArrayList<>();
        StringBuilder changes = new StringBuilder();
        for (int i = 1; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            int equals = argument.indexOf('=');
            String name = (equals < 0 ? argument : argument.substring(0, equals)).replaceFirst("^--?", "");
            if (OURS.contains(name) || name.equals("o") || name.equals("s") || name.equals("t")) {
                ours.add(argument);
                if (equals < 0 && i + 1 < arguments.size()) {
                    ours.add(arguments.get(++i));
                }
            } else {
                changes.append(argument).append('\n');
            }
        }
        Words words = Words.of(ours, new Words.Form(USAGE, Map.of("o", "output", "s", "server", "t", "token"), OURS,
                Set.of()));
        if (!word.equals("get") && !word.equals("set") || word.equals("set") == changes.isEmpty()) {
            throw new UsageFailure(USAGE);
        }
        try (ClusterAccess access = RunningServer.reach(words, host)) {
            boolean json = words.text("output", "text").equals("json");
            ClusterAccess.Answer answer = word.equals("set") ? access.put(PATH, "text/plain", changes.toString())
                    : access.get(PATH, json ? "application/json" : "text/plain");
            System.out.print(TerminalText.escaped(RunningServer.granted(answer)));
            return 0;
        } catch (IOException broken) {
            throw new UsageFailure(String.valueOf(broken.getMessage()));
        }
    }
}
