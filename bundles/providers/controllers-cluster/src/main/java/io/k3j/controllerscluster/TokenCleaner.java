package io.k3j.controllerscluster;

import io.k3j.clientapi.Query;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.Times;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;

/// Deletes bootstrap tokens (`k3s token create`) that have expired; one whose expiration cannot be read has, too:
/// <https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/>.
final class TokenCleaner implements Reconciler {
    private static final String NAME = "token-cleaner";
    private static final String TYPE = "bootstrap.kubernetes.io/token";
    /// How long one is left alone at most: the time of day may be set meanwhile.
    private static final Duration LOOK_AGAIN = Duration.ofHours(1);
    private final LiveView tokens;
    private final InstantSource clock;

    private TokenCleaner(ControllerContext context) {
        this.tokens = context.views().of(BuiltinResources.SECRETS, Query.in("kube-system").where("type", TYPE));
        this.clock = context.clock();
    }

    static void add(ControllerContext context) {
        TokenCleaner all = new TokenCleaner(context);
        context.loop("token-cleaner-controller", NAME, 1, all).on(all.tokens);
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> found = tokens.get(key).filter(t -> !t.terminating());
        String expiration = found.map(t -> t.tree().struct("data").text("expiration")).orElse("");
        if (expiration.isEmpty()) {
            return Requeue.NEVER;
        }
        Duration left = Duration.between(clock.instant(), read(expiration));
        if (left.isPositive()) {
            return Requeue.after(left.compareTo(LOOK_AGAIN) < 0 ? left : LOOK_AGAIN);
        }
        writer.delete(BuiltinResources.SECRETS, found.get());
        return Requeue.NEVER;
    }

    private static Instant read(String encoded) {
        try {
            String text = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            return Times.parse(text).orElse(Instant.EPOCH);
        } catch (IllegalArgumentException e) {
            return Instant.EPOCH;
        }
    }
}
