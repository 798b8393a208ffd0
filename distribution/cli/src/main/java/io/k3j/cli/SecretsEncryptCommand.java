package io.k3j.cli;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.codec.TerminalText;
import io.k3j.model.Struct;
import io.k3j.pki.ClusterAccess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `k3s secrets-encrypt …`: shows and changes how Secrets are encrypted in the datastore, with K3s' words and output.
final class SecretsEncryptCommand {
    private static final String USAGE = "use: k3s secrets-encrypt status [-o json] | enable | disable | prepare [-f]"
            + " | rotate [-f] | reencrypt [-f] [--skip] | rotate-keys   (--server, --token, --data-dir say which"
            + " server)";
    static final Words.Form FORM = new Words.Form(USAGE,
            Map.of("s", "server", "t", "token", "d", "data-dir", "o", "output", "f", "force"),
            Set.of("server", "token", "data-dir", "output", "config", "log"),
            Set.of("force", "skip", "debug", "alsologtostderr"));
    private static final String STATUS = "/v1-k3s/encrypt/status";
    private static final String CONFIG = "/v1-k3s/encrypt/config";
    /// As long as K3s waits for the other servers.
    private static final Duration LIMIT = Duration.ofSeconds(70);

    private SecretsEncryptCommand() {
    }

    static int run(List<String> arguments, Host host) {
        String word = arguments.isEmpty() ? "" : arguments.getFirst();
        Words words = Words.of(arguments.isEmpty() ? List.of() : arguments.subList(1, arguments.size()), FORM);
        if (!words.plain().isEmpty()) {
            throw new UsageFailure(USAGE);
        }
        switch (word) {
            case "status" -> status(words, host);
            case "enable" -> change(words, host, Struct.of("enable", true), "secrets-encryption enabled");
            case "disable" -> change(words, host, Struct.of("enable", false), "secrets-encryption disabled");
            case "prepare" -> change(words, host, Struct.of("stage", "prepare"), "prepare completed successfully");
            case "rotate" -> change(words, host, Struct.of("stage", "rotate"), "rotate completed successfully");
            case "reencrypt" -> change(words, host, Struct.of("stage", "reencrypt_active"), "reencryption started");
            case "rotate-keys" -> change(words, host, Struct.of("stage", "rotate_keys"),
                    "keys rotated, reencryption started");
            default -> throw new UsageFailure(USAGE);
        }
        return 0;
    }

    private static void change(Words words, Host host, Struct wish, String done) {
        Struct body = wish.with("force", words.on("force")).with("skip", words.on("skip"));
        try (ClusterAccess access = RunningServer.reach(words, host)) {
            RunningServer.granted(access.put(CONFIG, Json.text(body), LIMIT));
            System.out.println(done);
        } catch (IOException broken) {
            throw new UsageFailure(String.valueOf(broken.getMessage()));
        }
    }

    private static void status(Words words, Host host) {
        try (ClusterAccess access = RunningServer.reach(words, host)) {
            Struct status = Json.object(RunningServer.granted(access.get(STATUS)).getBytes(StandardCharsets.UTF_8));
            if (words.text("output", "text").equals("json")) {
                System.out.println(
                        TerminalText.escaped(new String(Json.pretty(status), StandardCharsets.UTF_8).strip()));
            } else {
                System.out.println(TerminalText.escaped(text(status)));
            }
        } catch (IOException | MalformedInput broken) {
            throw new UsageFailure(String.valueOf(broken.getMessage()));
        }
    }

    /// What `status` prints.
    static String text(Struct status) {
        if (!status.has("enable")) {
            return "Encryption Status: Disabled, no configuration file found";
        }
        StringBuilder text = new StringBuilder("Encryption Status: ")
                .append(status.flag("enable") ? "Enabled" : "Disabled").append("\nCurrent Rotation Stage: ")
                .append(status.text("stage")).append("\nServer Encryption Hashes: ")
                .append(status.flag("hashmatch") ? "All hashes match" : status.text("hasherror")).append("\n\n");
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"Active", "Key Type", "Name"});
        rows.add(new String[] {"------", "--------", "----"});
        if (!status.text("activekey").isEmpty()) {
            rows.add(row(" *", status.text("activekey")));
        }
        status.seq("inactivekeys").texts().forEach(key -> rows.add(row("", key)));
        int width = rows.stream().mapToInt(row -> row[1].length()).max().orElse(0);
        for (String[] row : rows) {
            text.append(pad(row[0], "Active".length() + 2)).append(pad(row[1], width + 2)).append(row[2]).append('\n');
        }
        return text.toString();
    }

    /// The server says `AES-CBC aescbckey`; old ones say the name alone.
    private static String[] row(String mark, String key) {
        int blank = key.indexOf(' ');
        return blank < 0 ? new String[] {mark, "AES-CBC", key}
                : new String[] {mark, key.substring(0, blank), key.substring(blank + 1)};
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
