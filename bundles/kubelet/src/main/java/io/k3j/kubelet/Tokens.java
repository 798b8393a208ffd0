package io.k3j.kubelet;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Tokens of service accounts for pods, asked for by TokenRequest and kept until four fifths of their life are
/// over. See <https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/>.
final class Tokens {
    private static final Duration LONGEST = Duration.ofHours(24);
    private static final int MAX_KEPT = 2_000;
    private final ApiClient api;
    private final InstantSource clock;
    private final Map<String, Token> kept = new ConcurrentHashMap<>();

    private record Token(String value, Instant renew) {
    }

    /// @param clock the monotonic one: the server's time of day need not be ours
    Tokens(ApiClient api, InstantSource clock) {
        this.api = api;
        this.clock = clock;
    }

    /// A token for a pod that is good for a while.
    String of(Obj pod, String audience, long seconds) {
        String id = pod.uid() + "/" + audience + "/" + seconds;
        Token token = kept.get(id);
        if (token == null || clock.instant().isAfter(token.renew())) {
            token = ask(pod, audience, seconds);
            if (kept.size() >= MAX_KEPT) {
                kept.clear();
            }
            kept.put(id, token);
        }
        return token.value();
    }

    private Token ask(Obj pod, String audience, long seconds) {
        String account = pod.spec().text("serviceAccountName", "default");
        Struct bound = Struct.of("apiVersion", "v1", "kind", "Pod", "name", pod.name(), "uid", pod.uid());
        Struct spec = Struct.builder().put("audiences", audience.isEmpty() ? List.of() : List.of(audience))
                .put("expirationSeconds", seconds).put("boundObjectRef", bound).build();
        try {
            Struct answer = api.post(References.SERVICE_ACCOUNTS, new Key(pod.namespace(), account), "token",
                    Struct.of("apiVersion", "authentication.k8s.io/v1", "kind", "TokenRequest", "spec", spec));
            Instant now = clock.instant();
            Duration life = Duration.ofSeconds(answer.struct("spec").whole("expirationSeconds", seconds))
                    .multipliedBy(4).dividedBy(5);
            return new Token(answer.struct("status").text("token"),
                    now.plus(life.compareTo(LONGEST) > 0 ? LONGEST : life));
        } catch (ApiFault e) {
            throw ConfigProblem.config("failed to fetch token: " + e.getMessage());
        }
    }

    /// Forgets a pod's tokens.
    void forget(String uid) {
        kept.keySet().removeIf(k -> k.startsWith(uid + "/"));
    }
}
