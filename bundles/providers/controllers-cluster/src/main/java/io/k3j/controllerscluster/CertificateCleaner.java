package io.k3j.controllerscluster;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.Times;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.pki.Pem;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// Deletes CertificateSigningRequests nobody needs any more, upstream's `csrcleaner`: an hour after they were signed,
/// denied or failed, a day after they were made when nobody has decided, and when their certificate is over.
final class CertificateCleaner implements Reconciler {
    private static final Duration DECIDED = Duration.ofHours(1);
    private static final Duration PENDING = Duration.ofHours(24);
    private final LiveView requests;
    private final InstantSource clock;

    private CertificateCleaner(ControllerContext context) {
        this.requests = context.views().of(BuiltinResources.CERTIFICATE_SIGNING_REQUESTS);
        this.clock = context.clock();
    }

    static void add(ControllerContext context) {
        CertificateCleaner all = new CertificateCleaner(context);
        context.loop("certificatesigningrequest-cleaner-controller", "certificate-controller", 1, all)
                .on(all.requests);
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> found = requests.get(key).filter(r -> !r.terminating());
        Optional<Instant> due = found.flatMap(CertificateCleaner::due);
        if (due.isEmpty()) {
            return Requeue.NEVER;
        }
        Duration left = Duration.between(clock.instant(), due.get());
        if (!left.isNegative()) {
            return Requeue.after(left.plusSeconds(1));
        }
        writer.delete(BuiltinResources.CERTIFICATE_SIGNING_REQUESTS, found.get());
        return Requeue.NEVER;
    }

    private static Optional<Instant> due(Obj request) {
        List<Struct> conditions = request.status().seq("conditions").structs();
        if (conditions.isEmpty()) {
            return Times.parse(request.metadata().text("creationTimestamp")).map(t -> t.plus(PENDING));
        }
        Optional<Instant> due = Optional.empty();
        for (Struct condition : conditions) {
            boolean over = switch (condition.text("type")) {
                case "Denied", "Failed" -> true;
                default -> KubernetesSigners.issued(request);
            };
            if (over) {
                due = earlier(due, Times.parse(condition.text("lastUpdateTime")).map(t -> t.plus(DECIDED)));
            }
        }
        return earlier(due, expiry(request));
    }

    private static Optional<Instant> earlier(Optional<Instant> one, Optional<Instant> other) {
        return one.isEmpty() || other.isPresent() && other.get().isBefore(one.get()) ? other : one;
    }

    /// When its certificate is over; empty without one that can be read.
    private static Optional<Instant> expiry(Obj request) {
        try {
            byte[] pem = Base64.getDecoder().decode(request.status().text("certificate"));
            List<X509Certificate> chain = Pem.certificates(new String(pem, StandardCharsets.ISO_8859_1));
            return chain.isEmpty() ? Optional.empty() : Optional.of(chain.getFirst().getNotAfter().toInstant());
        } catch (IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }
}
