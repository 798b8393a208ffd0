package io.k3j.cli;

import io.k3j.codec.Json;
import io.k3j.kubectl.Kubectl;
import io.k3j.model.Seq;
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
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Bootstrap tokens: Secrets `kube-system/bootstrap-token-<id>`, as Kubernetes documents them.
final class TokenSecrets {
    private static final String NAME = "bootstrap-token-";
    private static final String GROUPS = "system:bootstrappers:k3s:default-node-token";
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
        Duration ttl = ttl(words.text("ttl", "24h"));
        Struct.Builder data = Struct.builder().put("token-id", token.substring(0, ID_LENGTH)).put("token-secret",
                token.substring(ID_LENGTH + 1));
        for (String usage : words.text("usages", "signing,authentication").split(",")) {
            data.put("usage-bootstrap-" + usage.strip(), "true");
        }
        data.put("auth-extra-groups", words.text("groups", GROUPS));
        data.putUnlessEmpty("description", words.text("description", ""));
        if (!ttl.isZero()) {
            data.put("expiration", host.now().plus(ttl).truncatedTo(ChronoUnit.SECONDS).toString());
        }
        Struct secret = Struct.of("apiVersion", "v1", "kind", "Secret", "metadata",
                Struct.of("name", NAME + token.substring(0, ID_LENGTH), "namespace", "kube-system"), "type",
                "bootstrap.kubernetes.io/token", "stringData", data.build());
        apply(secret);
        System.out.println(new ClusterToken(Optional.of(authorityHash()), "", token).text());
        return 0;
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

    private List<Struct> all() {
        byte[] json = kubectl("get", "secrets", "-n", "kube-system", "-o", "json").getBytes(StandardCharsets.UTF_8);
        List<Struct> tokens = new ArrayList<>();
        for (Struct secret : Json.object(json).seq("items").structs()) {
            if (secret.text("type").equals("bootstrap.kubernetes.io/token")) {
                tokens.add(secret.struct("data"));
            }
        }
        return tokens;
    }

    /// Prints them all.
    int list(Words words) {
        List<Struct> tokens = all();
        if (words.text("output", "text").equals("json")) {
            List<Object> plain = new ArrayList<>();
            tokens.forEach(data -> plain.add(described(data)));
            System.out.println(Json.text(Seq.copyOf(plain)));
            return 0;
        }
        String format = "%-25s%-12s%-22s%-26s%-20s%s%n";
        System.out.printf(format, "TOKEN", "TTL", "EXPIRES", "USAGES", "DESCRIPTION", "EXTRA GROUPS");
        for (Struct data : tokens) {
            Struct one = described(data);
            System.out.printf(format, one.text("token"), one.text("ttl"), one.text("expires"), one.text("usages"),
                    one.text("description"), one.text("groups"));
        }
        return 0;
    }

    private Struct described(Struct data) {
        String expires = plain(data, "expiration");
        List<String> usages = new ArrayList<>();
        for (String name : data.names()) {
            if (name.startsWith("usage-bootstrap-") && plain(data, name).equals("true")) {
                usages.add(name.substring("usage-bootstrap-".length()));
            }
        }
        String description = plain(data, "description");
        return Struct.of("token", plain(data, "token-id") + "." + plain(data, "token-secret"), "ttl", left(expires),
                "expires", expires.isEmpty() ? "<never>" : expires, "usages", String.join(",", usages), "description",
                description.isEmpty() ? "<none>" : description, "groups", plain(data, "auth-extra-groups"));
    }

    private String left(String expires) {
        if (expires.isEmpty()) {
            return "<forever>";
        }
        try {
            Duration left = Duration.between(host.now(), Instant.parse(expires));
            return left.isNegative() ? "<invalid>" : left.toHours() > 0 ? left.toHours() + "h" : left.toMinutes() + "m";
        } catch (DateTimeException malformed) {
            return "<invalid>";
        }
    }

    private static String plain(Struct data, String name) {
        return new String(Base64.getDecoder().decode(data.text(name)), StandardCharsets.UTF_8);
    }

    /// Deletes by id or by whole token.
    int delete(Words words, String usage) {
        if (words.plain().isEmpty()) {
            throw new UsageFailure("missing argument; 'token delete' is missing token\n" + usage);
        }
        for (String token : words.plain()) {
            String id = token.indexOf('.') < 0 ? token : token.substring(0, token.indexOf('.'));
            kubectl("delete", "secret", NAME + id, "-n", "kube-system");
            System.out.println("bootstrap token \"" + id + "\" deleted");
        }
        return 0;
    }
}
