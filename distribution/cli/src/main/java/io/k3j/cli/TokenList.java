package io.k3j.cli;

import io.k3j.codec.Json;
import io.k3j.codec.TerminalText;
import io.k3j.codec.Yaml;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The forms of `k3s token list`: K3s', which takes kubeadm's structure.
final class TokenList {
    private static final int LEAST_WIDTH = 10;
    private static final int DAYS_OF_A_YEAR = 365;

    private TokenList() {
    }

    /// @param output `json`, `yaml`, or anything else for columns
    static String text(List<BootstrapToken> tokens, String output, Instant now) {
        return switch (output) {
            case "json" -> TerminalText
                    .escaped(Json.text(Seq.copyOf(tokens.stream().map(TokenList::object).toList()))) + "\n";
            case "yaml" -> yaml(tokens);
            default -> TerminalText.escaped(table(tokens, now));
        };
    }

    /// Without secrets: whoever looks over a shoulder could join nodes.
    private static String table(List<BootstrapToken> tokens, Instant now) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("TOKEN", "TTL", "EXPIRES", "USAGES", "DESCRIPTION", "EXTRA GROUPS"));
        for (BootstrapToken token : tokens) {
            rows.add(List.of(token.id(), left(token.expires(), now), token.expires().isEmpty() ? "<never>"
                    : token.expires(), joined(token.usages()), joined(List.of(token.description())),
                    joined(token.groups())));
        }
        return Columns.text(rows, LEAST_WIDTH);
    }

    private static String joined(List<String> words) {
        String text = String.join(",", words);
        return text.isEmpty() ? "<none>" : text;
    }

    /// As kubectl shortens ages.
    private static String left(String expires, Instant now) {
        if (expires.isEmpty()) {
            return "<forever>";
        }
        try {
            Duration left = Duration.between(now, Instant.parse(expires));
            return left.toSeconds() < -1 ? "<invalid>"
                    : left.isNegative() ? "0s"
                            : left.toMinutes() < 1 ? left.toSeconds() + "s"
                                    : left.toHours() < 1 ? left.toMinutes() + "m" : longer(left);
        } catch (DateTimeException malformed) {
            return "<invalid>";
        }
    }

    private static String longer(Duration left) {
        return left.toDays() < 1 ? left.toHours() + "h"
                : left.toDays() < DAYS_OF_A_YEAR ? left.toDays() + "d" : left.toDays() / DAYS_OF_A_YEAR + "y";
    }

    private static Struct object(BootstrapToken token) {
        Struct.Builder object = Struct.builder().put("token", token.id() + "." + token.secret());
        object.putUnlessEmpty("description", token.description());
        object.putUnlessEmpty("expires", token.expires());
        if (!token.usages().isEmpty()) {
            object.put("usages", Seq.copyOf(token.usages()));
        }
        if (!token.groups().isEmpty()) {
            object.put("groups", Seq.copyOf(token.groups()));
        }
        return object.build();
    }

    /// As Go's encoder writes the structure, which has no names of its own for YAML.
    private static String yaml(List<BootstrapToken> tokens) {
        StringBuilder text = new StringBuilder(tokens.isEmpty() ? "[]\n" : "");
        for (BootstrapToken token : tokens) {
            text.append("- token:\n    id: ").append(Yaml.text(token.id())).append("    secret: ")
                    .append(Yaml.text(token.secret())).append("  description: ").append(Yaml.text(token.description()))
                    .append("  ttl: null\n  expires: ")
                    .append(token.expires().isEmpty() ? "null" : '"' + token.expires() + '"').append('\n');
            list(text, "usages", token.usages());
            list(text, "groups", token.groups());
        }
        return text.toString();
    }

    private static void list(StringBuilder text, String name, List<String> words) {
        text.append("  ").append(name).append(words.isEmpty() ? ": []\n" : ":\n");
        words.forEach(word -> text.append("  - ").append(Yaml.text(word)));
    }
}
