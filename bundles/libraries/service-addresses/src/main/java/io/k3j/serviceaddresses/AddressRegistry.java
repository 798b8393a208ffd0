package io.k3j.serviceaddresses;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Claims of cluster addresses, stored as `IPAddress` objects, as upstream's address allocator stores them. See
/// <https://kubernetes.io/docs/reference/networking/virtual-ips/#ip-address-objects>.
public final class AddressRegistry implements ClaimRegistry {
    private static final Gvr ADDRESSES = new Gvr("networking.k8s.io", "v1", "ipaddresses");
    private static final String MANAGED_BY = "ipaddress.kubernetes.io/managed-by";
    private static final String FAMILY = "ipaddress.kubernetes.io/ip-family";
    private static final String MANAGER = "ipallocator.k8s.io";
    private static final String CLAIMED = "k3j.io/claimed-at";
    private final ApiClient api;
    private final InstantSource clock;

    /// @param clock of the time of day, for claims that nobody renews
    public AddressRegistry(ApiClient api, InstantSource clock) {
        this.api = api;
        this.clock = clock;
    }

    @Override
    public Optional<Entry> find(String value) {
        return api.find(ADDRESSES, Key.of(value)).map(AddressRegistry::entry);
    }

    @Override
    public List<Entry> all() {
        return api.list(ADDRESSES, Query.ALL).items().stream().filter(AddressRegistry::managed)
                .map(AddressRegistry::entry).toList();
    }

    private static boolean managed(Obj address) {
        return MANAGER.equals(address.labels().get(MANAGED_BY))
                && family(address.name()).equals(address.labels().get(FAMILY));
    }

    private static String family(String address) {
        return address.indexOf(':') >= 0 ? "IPv6" : "IPv4";
    }

    private static Struct reference(Key service) {
        return Struct.of("group", "", "resource", "services", "namespace", service.namespace(), "name",
                service.name());
    }

    /// Whether an `IPAddress` is the one that the allocator writes for a Service.
    public static boolean isOf(Obj address, Key service) {
        Struct parent = address.spec().struct("parentRef");
        return managed(address) && parent.text("group").isEmpty() && parent.text("resource").equals("services")
                && parent.text("namespace").equals(service.namespace()) && parent.text("name").equals(service.name());
    }

    private static Entry entry(Obj address) {
        Struct parent = address.spec().struct("parentRef");
        String renewedAt = address.metadata().struct("annotations").text(CLAIMED);
        String at = renewedAt.isEmpty() ? address.metadata().text("creationTimestamp") : renewedAt;
        Key service = new Key(parent.text("namespace"), parent.text("name"));
        return new Entry(address.name(), service, parsed(at), address.revision(), isOf(address, service),
                mark(address));
    }

    private static String mark(Obj address) {
        return Long.toString(address.revision());
    }

    static Instant parsed(String at) {
        try {
            return Instant.parse(at);
        } catch (DateTimeException e) {
            return Instant.EPOCH;
        }
    }

    @Override
    public Optional<String> write(String value, Key service, Optional<Entry> previous) {
        try {
            if (previous.isEmpty()) {
                Struct labels = Struct.of(FAMILY, family(value), MANAGED_BY, MANAGER);
                return Optional.of(mark(api.create(ADDRESSES, Obj.of(Struct.of("apiVersion", "networking.k8s.io/v1",
                        "kind", "IPAddress", "metadata", Struct.of("name", value, "labels", labels), "spec",
                        Struct.of("parentRef", reference(service)))), WriteOptions.PLAIN)));
            }
            if (!previous.get().ours() || !previous.get().service().equals(service)) {
                // `spec.parentRef` of an IPAddress is immutable: a claim changes hands by delete and create
                delete(previous.get());
                return write(value, service, Optional.empty());
            }
            Obj current = api.get(ADDRESSES, Key.of(value));
            return current.revision() != previous.get().revision() ? Optional.empty()
                    : Optional.of(mark(api.update(ADDRESSES, current.with(clock.instant().toString(), "metadata",
                            "annotations", CLAIMED), WriteOptions.PLAIN)));
        } catch (ApiFault e) {
            if (e.code() == 404 || e.code() == 409) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public void delete(Entry entry) {
        try {
            api.delete(ADDRESSES, Key.of(entry.value()), new DeleteOptions(0, "", "", entry.revision()));
        } catch (ApiFault e) {
            if (e.code() != 404 && e.code() != 409) {
                throw e;
            }
        }
    }
}
