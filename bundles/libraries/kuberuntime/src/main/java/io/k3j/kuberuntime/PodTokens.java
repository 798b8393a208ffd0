package io.k3j.kuberuntime;

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
import org.jspecify.annotations.Nullable;

/// Tokens of service accounts for pods, asked for by TokenRequest and kept until four fifths of their life are
/// over. Any thread. See <https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/>.
///
/// Tokens are bound to the pod: the API server takes them no longer when it is deleted (Managing Service Accounts,
/// bound service account tokens). They are never written but into the pod's own volume, which lies in memory.
public final class PodTokens {
    /// A token is renewed after a day though it would live longer, as upstream's `token.Manager` does.
    private static final Duration LONGEST = Duration.ofHours(24);
    /// Tokens kept. When there are more all are dropped and asked for again: that costs requests, never an error.
    private static final int MAX_KEPT = 2_000;
    private final ApiClient api;
    private final InstantSource clock;
    /// By pod's uid, audience and time to live.
    private final Map<String, Token> kept = new ConcurrentHashMap<>();

    /// @param renew on the monotonic clock, as `end` is
    private record Token(Struct status, Instant renew, Instant end) {
    }

    /// @param api asked as the node, which may ask for tokens of pods that are bound to it
    /// @param clock the monotonic one: the server's time of day need not be ours
    public PodTokens(ApiClient api, InstantSource clock) {
        this.api = api;
        this.clock = clock;
    }

    /// A token for a pod that is good for a while; blocks when a new one has to be asked for. Two threads that ask for
    /// the same one at once may both ask the API server; either answer is good.
    /// @param audience who is to take it, empty for the API server
    /// @param seconds how long it is to live; the API server decides, and its answer counts for the renewal
    /// @return the JWT, never empty
    /// @throws ConfigError when there is none to be had
    public String of(Obj pod, String audience, long seconds) {
        return status(pod, audience, seconds).text("token");
    }

    /// The same with all that the API server says of the token: `token` and `expirationTimestamp`.
    /// @throws ConfigError as [#of]
    public Struct status(Obj pod, String audience, long seconds) {
        String id = pod.uid() + "/" + audience + "/" + seconds;
        Token token = kept.get(id);
        if (token == null || clock.instant().isAfter(token.renew())) {
            token = renewed(pod, audience, seconds, token);
            if (kept.size() >= MAX_KEPT) {
                kept.clear();
            }
            kept.put(id, token);
        }
        return token.status();
    }

    /// The one before as long as it is good: a container starts again while no server is there to give a new one.
    private Token renewed(Obj pod, String audience, long seconds, @Nullable Token before) {
        try {
            return ask(pod, audience, seconds);
        } catch (ConfigError refused) {
            if (before == null || clock.instant().isAfter(before.end())) {
                throw refused;
            }
            return before;
        }
    }

    /// @throws ConfigError when the API server refuses or cannot be reached; the pod waits, and it is tried again
    private Token ask(Obj pod, String audience, long seconds) {
        String account = pod.spec().text("serviceAccountName", "default");
        Struct bound = Struct.of("apiVersion", "v1", "kind", "Pod", "name", pod.name(), "uid", pod.uid());
        Struct spec = Struct.builder().put("audiences", audience.isEmpty() ? List.of() : List.of(audience))
                .put("expirationSeconds", seconds).put("boundObjectRef", bound).build();
        try {
            Struct answer = api.post(ReferencedObjects.SERVICE_ACCOUNTS, new Key(pod.namespace(), account), "token",
                    Struct.of("apiVersion", "authentication.k8s.io/v1", "kind", "TokenRequest", "spec", spec));
            Instant now = clock.instant();
            Duration whole = Duration.ofSeconds(answer.struct("spec").whole("expirationSeconds", seconds));
            Duration life = whole.multipliedBy(4).dividedBy(5);
            return new Token(answer.struct("status"), now.plus(life.compareTo(LONGEST) > 0 ? LONGEST : life),
                    now.plus(whole));
        } catch (ApiFault e) {
            throw ConfigError.config("failed to fetch token: " + e.getMessage());
        }
    }

    /// Forgets a pod's tokens, by its uid. Does not block. The tokens themselves end with the pod.
    public void forget(String uid) {
        kept.keySet().removeIf(k -> k.startsWith(uid + "/"));
    }
}
