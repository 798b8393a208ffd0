package io.k3j.admissioncore;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/// Keeps one `IPAddress` object for each cluster address of a service: makes those that are missing,
/// deletes those whose service has gone. Follows the services, so a failed write is made good by the next
/// start. See <https://kubernetes.io/docs/reference/networking/virtual-ips/#ip-address-objects>.
@Component(service = {}, immediate = true)
public final class AddressRecords {
    private static final Logger LOG = System.getLogger("io.k3j.admissioncore");
    private final ApiClient api;
    private final View services;

    /// Begins to follow the services.
    @Activate
    public AddressRecords(@Reference World world) {
        this.api = world.api();
        this.services = api.view(World.SERVICES, Query.ALL);
        services.listen(new View.Listener() {
            @Override
            public void changed(@Nullable Obj before, @Nullable Obj after) {
                settle(before, after);
            }

            @Override
            public void synced() {
                prune();
            }
        });
    }

    private void settle(@Nullable Obj before, @Nullable Obj after) {
        Set<String> old = before == null ? Set.of() : ServiceFields.addresses(before.spec());
        Set<String> now = after == null ? Set.of() : ServiceFields.addresses(after.spec());
        now.stream().filter(ip -> !old.contains(ip) && after != null).forEach(ip -> attempt(() -> create(ip, after)));
        old.stream().filter(ip -> !now.contains(ip)).forEach(ip -> attempt(() -> delete(ip)));
    }

    private void prune() {
        attempt(() -> {
            for (Obj address : api.list(World.ADDRESSES, Query.ALL).items()) {
                Struct parent = address.spec().struct("parentRef");
                Key owner = new Key(parent.text("namespace"), parent.text("name"));
                boolean held = services.get(owner).map(s -> ServiceFields.addresses(s.spec()).contains(address.name()))
                        .orElse(false);
                if (!held && "ipallocator.k8s.io".equals(
                        address.labels().get("ipaddress.kubernetes.io/managed-by"))) {
                    delete(address.name());
                }
            }
        });
    }

    private static void attempt(Runnable write) {
        try {
            write.run();
        } catch (ApiFault e) {
            if (e.code() != 404 && e.code() != 409) {
                LOG.log(Level.WARNING, "service address record failed reason={0}", e.getMessage());
            }
        }
    }

    private void create(String ip, Obj service) {
        Struct meta = Struct.of("name", ip, "labels", Struct.of("ipaddress.kubernetes.io/ip-family",
                ip.indexOf(':') >= 0 ? "IPv6" : "IPv4", "ipaddress.kubernetes.io/managed-by", "ipallocator.k8s.io"));
        Struct parent = Struct.of("group", "", "resource", "services", "namespace", service.namespace(), "name",
                service.name());
        api.create(World.ADDRESSES, Obj.of(Struct.of("apiVersion", "networking.k8s.io/v1", "kind", "IPAddress",
                "metadata", meta, "spec", Struct.of("parentRef", parent))), WriteOptions.PLAIN);
    }

    private void delete(String ip) {
        api.delete(World.ADDRESSES, Key.of(ip), DeleteOptions.NOW);
    }

    /// Ends the view; records stay.
    @Deactivate
    public void stop() {
        services.close();
    }
}
