package io.k3j.admissioncore;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.serviceaddresses.AddressRegistry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/// Writes the `IPAddress` of a Service anew that somebody has deleted, or whose reference or labels somebody has
/// changed: without it the address could be given twice, and its ServiceCIDR be deleted. The other half of upstream's
/// `ipallocator-repair-controller` is [ClaimRecords]. Works on each change, on the view's thread.
@Component(service = {}, immediate = true)
public final class AddressRepair {
    private static final Logger LOG = System.getLogger("io.k3j.admissioncore");
    private final Allocator allocator;
    private final View addresses;

    /// Opens the view of IPAddresses.
    @Activate
    public AddressRepair(@Reference Listers listers, @Reference Allocator allocator) {
        this.allocator = allocator;
        this.addresses = listers.api().view(Listers.ADDRESSES, Query.ALL);
        addresses.listen(this::changed);
    }

    private void changed(@Nullable Obj before, @Nullable Obj after) {
        Obj one = after == null ? before : after;
        if (one == null) {
            return;
        }
        Optional<Key> holder = allocator.addresses().holder(one.name());
        if (holder.isPresent() && (after == null || !AddressRegistry.isOf(after, holder.get()))) {
            restore(one.name(), holder.get());
        }
    }

    private void restore(String address, Key service) {
        try {
            if (!allocator.addressClaims().restore(address, service)) {
                LOG.log(Level.WARNING, "Cluster IP belongs to several Services; recreate one address={0} service={1}",
                        address, service);
            }
        } catch (ApiFault e) {
            // another server repairs as well
            if (e.code() != 404 && e.code() != 409) {
                LOG.log(Level.WARNING, "IPAddress not repaired address={0} error={1}", address, e.getMessage());
            }
        }
    }

    /// Closes the view.
    @Deactivate
    public void stop() {
        addresses.close();
    }
}
