package io.k3j.supervisor;

import io.k3j.model.Struct;
import io.k3j.pki.ClusterToken;
import io.k3j.supervisorrequests.Requester;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// Authenticates agents by bootstrap token, `<id>.<secret>`, from the Secret `kube-system/bootstrap-token-<id>`
/// (Kubernetes: Authenticating with Bootstrap Tokens). Rejects every token until the API is available.
final class BootstrapTokens {
    private static final String TYPE = "bootstrap.kubernetes.io/token";
    private static final String GROUP = "system:bootstrappers";

    private final NodeSecrets secrets;
    private final InstantSource clock;

    BootstrapTokens(NodeSecrets secrets, InstantSource clock) {
        this.secrets = secrets;
        this.clock = clock;
    }

    /// The requester this token identifies. Empty when the token is malformed, wrong, expired or not for
    /// authentication.
    Optional<Requester> authenticate(String token) {
        if (!ClusterToken.isBootstrap(token) || !secrets.reachable()) {
            return Optional.empty();
        }
        int dot = token.indexOf('.');
        String id = token.substring(0, dot);
        return secrets.find("bootstrap-token-" + id).filter(secret -> secret.tree().text("type").equals(TYPE))
                .map(secret -> secret.tree().struct("data"))
                .filter(data -> valid(data, id, token.substring(dot + 1))).map(data -> requester(id, data));
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

    private static Requester requester(String id, Struct data) {
        List<String> groups = new ArrayList<>(List.of(GROUP));
        for (String group : text(data, "auth-extra-groups").split(",")) {
            if (group.startsWith(GROUP + ":")) {
                groups.add(group);
            }
        }
        return new Requester("system:bootstrap:" + id, groups);
    }

    private static String text(Struct data, String name) {
        return new String(Base64.getDecoder().decode(data.text(name)), StandardCharsets.UTF_8);
    }
}
