package io.k3j.cli;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import io.k3j.pki.ClusterAccess;
import io.k3j.pki.ClusterToken;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/// `k3s token create|delete|generate|list|rotate`.
final class TokenCommand {
    private static final String USAGE = "use: k3s token create [TOKEN] | delete ID … | generate | list | rotate"
            + " [--new-token=TOKEN]";
    static final Words.Form FORM = new Words.Form(USAGE,
            Map.of("d", "data-dir", "o", "output", "t", "token", "s", "server"),
            Set.of("data-dir", "kubeconfig", "description", "groups", "ttl", "usages", "output", "token", "server",
                    "new-token"),
            Set.of());
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int ID_LENGTH = 6;
    private static final int SECRET_LENGTH = 16;
    private static final int PASSWORD_BYTES = 16;

    private TokenCommand() {
    }

    static int run(List<String> arguments, Host host) {
        String word = arguments.isEmpty() ? "" : arguments.getFirst();
        List<String> rest = arguments.isEmpty() ? List.of() : arguments.subList(1, arguments.size());
        Words words = Words.of(rest, FORM);
        return switch (word) {
            case "generate" -> {
                System.out.println(random(new SecureRandom()));
                yield 0;
            }
            case "create" -> new TokenSecrets(kubeconfig(words, host), host).create(words);
            case "list" -> new TokenSecrets(kubeconfig(words, host), host).list(words);
            case "delete" -> new TokenSecrets(kubeconfig(words, host), host).delete(words, USAGE);
            case "rotate" -> rotate(words, host);
            default -> throw new UsageFailure(USAGE);
        };
    }

    private static String kubeconfig(Words words, Host host) {
        String chosen = host.environment().getOrDefault("KUBECONFIG", "");
        return words.text("kubeconfig", chosen.isEmpty() ? EarlyKeys.of(host).kubeconfig() : chosen);
    }

    /// A bootstrap token, `id.secret`.
    static String random(RandomGenerator random) {
        StringBuilder token = new StringBuilder();
        for (int i = 0; i < ID_LENGTH + SECRET_LENGTH; i++) {
            if (i == ID_LENGTH) {
                token.append('.');
            }
            token.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return token.toString();
    }

    private static int rotate(Words words, Host host) {
        String next = words.text("new-token", "");
        if (next.isEmpty()) {
            byte[] secret = new byte[PASSWORD_BYTES];
            new SecureRandom().nextBytes(secret);
            next = HexFormat.of().formatHex(secret);
        }
        try {
            ClusterToken.parse(next);
        } catch (IllegalArgumentException malformed) {
            throw new UsageFailure("--new-token: " + malformed.getMessage());
        }
        try (ClusterAccess access = RunningServer.reach(words, host)) {
            String body = Json.text(Struct.of("newToken", next));
            RunningServer.granted(access.put("/v1-k3s/token", "application/json", body));
            System.out.println("Token rotated, restart k3s nodes with new token");
            System.out.println(new ClusterToken(Optional.of(ClusterToken.caHash(access.authority())),
                    "server", ClusterToken.parse(next).password()).text());
            return 0;
        } catch (IOException broken) {
            throw new UsageFailure(String.valueOf(broken.getMessage()));
        }
    }
}
