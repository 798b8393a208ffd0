package io.k3j.cli;

import io.k3j.codec.Json;
import io.k3j.kubectl.Kubectl;
import io.k3j.model.Struct;
import io.k3j.pki.ClusterToken;
import io.k3j.pki.PemFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Bootstrap tokens: Secrets `kube-system/bootstrap-token-<id>`, as Kubernetes documents them.
final class TokenSecrets {
    private static final String NAME = "bootstrap-token-";
    private static final List<String> GROUPS = List.of("system:bootstrappers:k3s:default-node-token");
    private static final List<String> USAGES = List.of("signing", "authentication");
    private static final String AUTHORITY = "certificate-authority-data:";
    private static final int ID_LENGTH = 6;

    private final String kubeconfig;
    private final Host host;

    TokenSecrets(String kubeconfig, Host host) {
        this.kubeconfig = kubeconfig;
        this.host = host;
    }

    /// Makes one and prints it in its secure form.
    int create(Words words) {
        String token = words.plain().isEmpty() ? TokenCommand.random(new SecureRandom()) : words.plain().getFirst();
        if (!ClusterToken.isBootstrap(token)) {
            throw new UsageFailure("the bootstrap token \"" + token
                    + "\" was not of the form [a-z0-9]{6}.[a-z0-9]{16}; make one with: k3s token generate");
        }
        Struct secret = secret(token, words, host.now());
        refuseKnown(token.substring(0, ID_LENGTH), secrets());
        apply(secret);
        System.out.println(new ClusterToken(Optional.of(authorityHash()), "", token).text());
        return 0;
    }

    /// @throws UsageFailure when one of the Secrets is of that token
    static void refuseKnown(String id, List<Struct> secrets) {
        if (secrets.stream().anyMatch(secret -> secret.struct("metadata").text("name").equals(NAME + id))) {
            throw new UsageFailure("a token with id \"" + id + "\" already exists");
        }
    }

    static Struct secret(String token, Words words, Instant now) {
        Duration ttl = ttl(words.text("ttl", "24h"));
        Struct.Builder data = Struct.builder().put("token-id", token.substring(0, ID_LENGTH)).put("token-secret",
                token.substring(ID_LENGTH + 1));
        for (String usage : words.all("usages", USAGES)) {
            data.put("usage-bootstrap-" + usage, "true");
        }
        data.put("auth-extra-groups", String.join(",", words.all("groups", GROUPS)));
        data.putUnlessEmpty("description", words.text("description", ""));
        if (!ttl.isZero()) {
            data.put("expiration", now.plus(ttl).truncatedTo(ChronoUnit.SECONDS).toString());
        }
        return Struct.of("apiVersion", "v1", "kind", "Secret", "metadata",
                Struct.of("name", NAME + token.substring(0, ID_LENGTH), "namespace", "kube-system"), "type",
                "bootstrap.kubernetes.io/token", "stringData", data.build());
    }

    private void apply(Struct secret) {
        try {
            Path file = Files.createTempFile("k3s-token", ".json");
            try {
                PemFiles.write(file, Json.text(secret), PemFiles.SECRET);
                kubectl("apply", "-f", file.toString());
            } finally {
                Files.delete(file);
            }
        } catch (IOException disk) {
            throw new UsageFailure("cannot write a temporary file: " + disk.getMessage());
        }
    }

    private String authorityHash() {
        try {
            String line = Files.readAllLines(Path.of(kubeconfig)).stream().map(String::strip)
                    .filter(l -> l.startsWith(AUTHORITY)).findFirst().orElseThrow(() -> new UsageFailure(
                            kubeconfig + " holds no certificate authority; use the administrator's kubeconfig"));
            byte[] pem = Base64.getDecoder().decode(line.substring(AUTHORITY.length()).strip());
            return ClusterToken.caHash(new String(pem, StandardCharsets.UTF_8));
        } catch (IOException unreadable) {
            throw new UsageFailure("cannot read " + kubeconfig + "; give --kubeconfig");
        }
    }

    /// `24h`, `90m`, `0`, as Go writes durations.
    static Duration ttl(String text) {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        try {
            return Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
        } catch (DateTimeException malformed) {
            throw new UsageFailure("--ttl \"" + text + "\" is no duration; use for instance 24h, 90m, or 0 for never");
        }
    }

    private String kubectl(String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Kubectl.run(List.of(words), kubeconfig, new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        if (code != 0) {
            throw new UsageFailure(err.toString(StandardCharsets.UTF_8).strip());
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private List<Struct> secrets() {
        byte[] json = kubectl("get", "secrets", "-n", "kube-system", "-o", "json").getBytes(StandardCharsets.UTF_8);
        return Json.object(json).seq("items").structs();
    }

    /// Prints them all.
    int list(Words words) {
        List<BootstrapToken> tokens = secrets().stream()
                .filter(secret -> secret.text("type").equals("bootstrap.kubernetes.io/token"))
                .map(secret -> BootstrapToken.of(secret.struct("data"))).toList();
        System.out.print(TokenList.text(tokens, words.text("output", "text"), host.now()));
        return 0;
    }

    /// @throws UsageFailure for what is neither a token's id nor a bootstrap token
    static String id(String token) {
        boolean alone = token.length() == ID_LENGTH && ClusterToken.isBootstrap(token + ".0123456789abcdef");
        if (!alone && !ClusterToken.isBootstrap(token)) {
            throw new UsageFailure("given token didn't match pattern \"^([a-z0-9]{6})$\" or"
                    + " \"^([a-z0-9]{6})\\.([a-z0-9]{16})$\"; see k3s token list");
        }
        return token.substring(0, ID_LENGTH);
    }

    /// Deletes by id or by whole token.
    int delete(Words words, String usage) {
        if (words.plain().isEmpty()) {
            throw new UsageFailure("missing argument; 'token delete' is missing token\n" + usage);
        }
        for (String token : words.plain()) {
            String id = id(token);
            kubectl("delete", "secret", NAME + id, "-n", "kube-system");
            System.out.println("bootstrap token \"" + id + "\" deleted");
        }
        return 0;
    }
}
