package io.k3j.controllerscluster;

import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.Query;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.Times;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// Deletes PodCertificateRequests a quarter of an hour after they were made, whatever has become of them: nobody waits
/// longer. Upstream's `podcertificaterequestcleaner`, which looks every five minutes.
final class PodCertificateCleaner implements Reconciler {
    private static final Duration AGE = Duration.ofMinutes(15);
    private static final Gvr REQUESTS = Gvr.of("certificates.k8s.io/v1beta1", "podcertificaterequests");
    private final LiveView requests;
    private final InstantSource clock;

    private PodCertificateCleaner(ControllerContext context) {
        this.requests = context.views().of(REQUESTS, Query.ALL);
        this.clock = context.clock();
    }

    /// Adds the controller where the API is served.
    static void add(ControllerContext context) {
        if (context.api().resources().stream().map(ApiResource::resource).anyMatch(REQUESTS::equals)) {
            PodCertificateCleaner all = new PodCertificateCleaner(context);
            context.loop("podcertificaterequest-cleaner-controller", "podcertificaterequestcleaner", 1, all)
                    .on(all.requests);
        }
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> found = requests.get(key).filter(r -> !r.terminating());
        Optional<Instant> due = found.flatMap(r -> Times.parse(r.metadata().text("creationTimestamp")))
                .map(t -> t.plus(AGE));
        if (due.isEmpty()) {
            return Requeue.NEVER;
        }
        Duration left = Duration.between(clock.instant(), due.get());
        if (!left.isNegative()) {
            return Requeue.after(left.plusSeconds(1));
        }
        writer.delete(REQUESTS, found.get());
        return Requeue.NEVER;
    }
}
