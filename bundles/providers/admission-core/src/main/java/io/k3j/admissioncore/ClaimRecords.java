package io.k3j.admissioncore;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.serviceaddresses.ServiceClaims;
import io.k3j.serviceaddresses.ServiceFields;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/// Reconciles the claims of addresses and node ports with the Services: writes those that are missing, as of Services
/// that other servers stored, or name somebody who does not hold the value, and deletes those whose Service no longer
/// holds it. Upstream's repair controllers for ClusterIPs and node ports do the same.
/// The view delivers every Service again on each start, so a failed write is repaired then.
@Component(service = {}, immediate = true)
public final class ClaimRecords {
    private static final Logger LOG = System.getLogger("io.k3j.admissioncore");
    private final Allocator allocator;
    private final View services;

    /// Opens the view of Services.
    @Activate
    public ClaimRecords(@Reference Listers listers, @Reference Allocator allocator) {
        this.allocator = allocator;
        this.services = listers.api().view(Listers.SERVICES, Query.ALL);
        services.listen(new View.Listener() {
            @Override
            public void changed(@Nullable Obj before, @Nullable Obj after) {
                reconcile(before, after);
            }

            @Override
            public void synced() {
                attempt(allocator.addressClaims()::prune);
                attempt(allocator.portClaims()::prune);
            }
        });
    }

    private void reconcile(@Nullable Obj before, @Nullable Obj after) {
        reconcile(before, after, ServiceFields::addresses, allocator.addressClaims());
        reconcile(before, after, ServiceFields::ports, allocator.portClaims());
    }

    private static void reconcile(@Nullable Obj before, @Nullable Obj after, Function<Struct, Set<String>> values,
            ServiceClaims claims) {
        Set<String> old = before == null ? Set.of() : values.apply(before.spec());
        Set<String> now = after == null ? Set.of() : values.apply(after.spec());
        if (after != null) {
            now.stream().filter(v -> !old.contains(v)).forEach(v -> attempt(() -> claims.restore(v, after.key())));
        }
        if (before != null) {
            long last = after == null ? before.revision() : after.revision();
            old.stream().filter(v -> !now.contains(v))
                    .forEach(v -> attempt(() -> claims.released(v, before.key(), last)));
        }
    }

    private static void attempt(Runnable write) {
        try {
            write.run();
        } catch (ApiFault e) {
            if (e.code() != 404 && e.code() != 409) {
                LOG.log(Level.WARNING, "Service allocation not settled yet error={0}", e.getMessage());
            }
        }
    }

    /// Closes the view; the claims stay in the datastore.
    @Deactivate
    public void stop() {
        services.close();
    }
}
