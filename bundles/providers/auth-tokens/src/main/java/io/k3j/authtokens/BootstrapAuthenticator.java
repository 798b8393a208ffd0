package io.k3j.authtokens;

import io.k3j.apiserverapi.Authenticator;
import io.k3j.apiserverapi.Caller;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Authenticates bootstrap tokens, `id.secret`, kept in secrets of `kube-system`. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/>.
@Component(service = Authenticator.class, property = "service.ranking:Integer=100")
public final class BootstrapAuthenticator implements Authenticator {
    private static final int ID_CHARS = 6;
    private static final int SECRET_CHARS = 16;
    private static final String GROUP = "system:bootstrappers";

    private final Subjects subjects;
    private final InstantSource clock;

    /// @param subjects provides the secrets
    @Activate
    public BootstrapAuthenticator(@Reference Subjects subjects) {
        this(subjects, InstantSource.system());
    }

    BootstrapAuthenticator(Subjects subjects, InstantSource clock) {
        this.subjects = subjects;
        this.clock = clock;
    }

    @Override
    public Optional<Caller> authenticate(Credentials credentials) throws BadCredential {
        String token = credentials.bearer();
        if (token.length() != ID_CHARS + 1 + SECRET_CHARS || token.charAt(ID_CHARS) != '.'
                || !alphanumeric(token.substring(0, ID_CHARS))
                || !alphanumeric(token.substring(ID_CHARS + 1))) {
            return Optional.empty();
        }
        String id = token.substring(0, ID_CHARS);
        Obj secret = subjects.secret("kube-system", "bootstrap-token-" + id).orElse(null);
        if (secret == null || secret.terminating()
                || !secret.tree().text("type").equals("bootstrap.kubernetes.io/token")) {
            return Optional.empty();
        }
        Struct data = secret.tree().struct("data");
        boolean same = MessageDigest.isEqual(text(data, "token-secret").getBytes(StandardCharsets.UTF_8),
                token.substring(ID_CHARS + 1).getBytes(StandardCharsets.UTF_8));
        if (!same || !text(data, "token-id").equals(id) || expired(text(data, "expiration"))
                || !text(data, "usage-bootstrap-authentication").equals("true")) {
            throw new BadCredential("bootstrap token id=" + id + " is wrong, expired or not for authentication");
        }
        return Optional.of(new Caller("system:bootstrap:" + id, "", groups(text(data, "auth-extra-groups")), Map.of()));
    }

    private static boolean alphanumeric(String text) {
        return text.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= '0' && c <= '9');
    }

    private static String text(Struct data, String key) {
        return new String(Base64.getDecoder().decode(data.text(key)), StandardCharsets.UTF_8);
    }

    private boolean expired(String expiration) {
        try {
            return !expiration.isEmpty() && !clock.instant().isBefore(Instant.parse(expiration));
        } catch (DateTimeException e) {
            return true;
        }
    }

    private static List<String> groups(String extra) {
        List<String> groups = new ArrayList<>(List.of(GROUP));
        for (String group : extra.split(",")) {
            if (group.startsWith(GROUP + ":")) {
                groups.add(group);
            }
        }
        return groups;
    }
}
