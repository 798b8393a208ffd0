package io.k3j.admissioncore;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/// Keeps the claims of addresses and node ports in step with the services: makes those that are missing, strikes
/// out those whose service has let go. Follows the services, so a failed write is made good by the next start.
@Component(service = {}, immediate = true)
public final class ClaimRecords {
    private static final Logger LOG = System.getLogger("io.k3j.admissioncore");
    private final Allocator allocator;
    private final View services;

    /// Begins to follow the services.
    @Activate
    public ClaimRecords(@Reference World world, @Reference Allocator allocator) {
        this.allocator = allocator;
        this.services = world.api().view(World.SERVICES, Query.ALL);
        services.listen(new View.Listener() {
            @Override
            public void changed(@Nullable Obj before, @Nullable Obj after) {
                settle(before, after);
            }

            @Override
            public void synced() {
                attempt(allocator.addressClaims()::prune);
                attempt(allocator.portClaims()::prune);
            }
        });
    }

    private void settle(@Nullable Obj before, @Nullable Obj after) {
        settle(before, after, ServiceFields::addresses, allocator.addressClaims());
        settle(before, after, ServiceFields::ports, allocator.portClaims());
    }

    private static void settle(@Nullable Obj before, @Nullable Obj after, Function<Struct, Set<String>> values,
            Claims claims) {
        Set<String> old = before == null ? Set.of() : values.apply(before.spec());
        Set<String> now = after == null ? Set.of() : values.apply(after.spec());
        if (after != null) {
            now.stream().filter(v -> !old.contains(v)).forEach(v -> attempt(() -> claims.held(v, after.key())));
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
                LOG.log(Level.WARNING, "service claim not settled reason={0}", e.getMessage());
            }
        }
    }

    /// Ends the view; claims stay.
    @Deactivate
    public void stop() {
        services.close();
    }
}
