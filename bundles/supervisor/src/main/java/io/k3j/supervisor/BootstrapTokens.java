package io.k3j.supervisor;

import io.k3j.model.Struct;
import io.k3j.pki.ClusterToken;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// Admits agents by bootstrap token, `<id>.<secret>`, kept in the Secret `kube-system/bootstrap-token-<id>` as
/// Kubernetes documents it. Only once the API is there.
final class BootstrapTokens {
    private static final String TYPE = "bootstrap.kubernetes.io/token";
    private static final String GROUP = "system:bootstrappers";

    private final NodeSecrets secrets;
    private final InstantSource clock;

    BootstrapTokens(NodeSecrets secrets, InstantSource clock) {
        this.secrets = secrets;
        this.clock = clock;
    }

    /// Who shows this token, empty when it is none, wrong, expired or not meant for this.
    Optional<Asker> asker(String token) {
        if (!ClusterToken.isBootstrap(token) || !secrets.reachable()) {
            return Optional.empty();
        }
        int dot = token.indexOf('.');
        String id = token.substring(0, dot);
        return secrets.find("bootstrap-token-" + id).filter(secret -> secret.tree().text("type").equals(TYPE))
                .map(secret -> secret.tree().struct("data"))
                .filter(data -> valid(data, id, token.substring(dot + 1))).map(data -> asker(id, data));
    }

    private boolean valid(Struct data, String id, String secret) {
        byte[] expected = text(data, "token-secret").getBytes(StandardCharsets.UTF_8);
        boolean same = MessageDigest.isEqual(expected, secret.getBytes(StandardCharsets.UTF_8));
        return same && text(data, "token-id").equals(id) && text(data, "usage-bootstrap-authentication").equals("true")
                && !expired(text(data, "expiration"));
    }

    private boolean expired(String expiration) {
        try {
            return !expiration.isEmpty() && !Instant.parse(expiration).isAfter(clock.instant());
        } catch (DateTimeException unreadable) {
            return true;
        }
    }

    private static Asker asker(String id, Struct data) {
        List<String> groups = new ArrayList<>(List.of(GROUP));
        for (String group : text(data, "auth-extra-groups").split(",")) {
            if (group.startsWith(GROUP + ":")) {
                groups.add(group);
            }
        }
        return new Asker("system:bootstrap:" + id, groups);
    }

    private static String text(Struct data, String name) {
        return new String(Base64.getDecoder().decode(data.text(name)), StandardCharsets.UTF_8);
    }
}
