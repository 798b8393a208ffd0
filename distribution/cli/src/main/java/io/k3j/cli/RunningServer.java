package io.k3j.cli;

import io.k3j.pki.ClusterAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;

/// The server an administrator's command talks to, by the server token.
final class RunningServer {
    private RunningServer() {
    }

    /// Reaches it: `--server`, else this machine's; `--token`, else the one on disk.
    static ClusterAccess reach(Words words, Host host) {
        String dataDir = words.text("data-dir", EarlyKeys.of(host).dataDir());
        String server = words.text("server", host.environment().getOrDefault("K3S_URL", "https://127.0.0.1:6443"));
        try {
            ClusterAccess access = ClusterAccess.of(server, token(words, host, dataDir), "server");
            access.warning().filter(Predicate.not(String::isBlank))
                    .ifPresent(warning -> System.err.println("k3s: " + warning));
            return access;
        } catch (IOException refused) {
            throw new UsageFailure(String.valueOf(refused.getMessage()));
        }
    }

    private static String token(Words words, Host host, String dataDir) {
        String given = words.text("token", host.environment().getOrDefault("K3S_TOKEN", ""));
        if (!given.isEmpty()) {
            return given;
        }
        Path file = Path.of(dataDir, "server", "token");
        try {
            return Files.readString(file).strip();
        } catch (IOException unreadable) {
            throw new UsageFailure("cannot read " + file + ": are you root on a server? else give --token, or"
                    + " --data-dir when it is elsewhere");
        }
    }

    /// The answer's text.
    /// @throws UsageFailure with the server's message when it refuses
    static String granted(ClusterAccess.Answer answer) {
        if (answer.ok()) {
            return answer.text();
        }
        throw new UsageFailure(refusal(answer));
    }

    /// What an answer says that is a refusal.
    static String refusal(ClusterAccess.Answer answer) {
        return "the server refused (" + answer.status() + "): " + message(answer.text())
                + (answer.status() == 401 || answer.status() == 403 ? "; is this the server token?" : "");
    }

    /// The message of a Kubernetes Status, without a JSON reader: whatever is no Status is told as it is.
    private static String message(String body) {
        String mark = "\"message\":\"";
        int from = body.indexOf(mark);
        int to = from < 0 ? -1 : body.indexOf("\",\"", from + mark.length());
        return to < 0 ? body : body.substring(from + mark.length(), to).replace("\\\"", "\"");
    }
}
