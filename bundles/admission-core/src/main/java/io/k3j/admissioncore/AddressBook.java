package io.k3j.admissioncore;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Claims of cluster addresses, as `IPAddress` objects. See
/// <https://kubernetes.io/docs/reference/networking/virtual-ips/#ip-address-objects>.
final class AddressBook implements Book {
    private static final String MANAGED_BY = "ipaddress.kubernetes.io/managed-by";
    private static final String MANAGER = "ipallocator.k8s.io";
    private static final String CLAIMED = "k3j.io/claimed-at";
    private final ApiClient api;
    private final InstantSource clock;

    AddressBook(ApiClient api, InstantSource clock) {
        this.api = api;
        this.clock = clock;
    }

    @Override
    public Optional<Entry> find(String value) {
        return api.find(World.ADDRESSES, Key.of(value)).map(AddressBook::entry);
    }

    @Override
    public List<Entry> all() {
        return api.list(World.ADDRESSES, Query.ALL).items().stream()
                .filter(o -> MANAGER.equals(o.labels().get(MANAGED_BY))).map(AddressBook::entry).toList();
    }

    private static Entry entry(Obj address) {
        Struct parent = address.spec().struct("parentRef");
        String again = address.metadata().struct("annotations").text(CLAIMED);
        String at = again.isEmpty() ? address.metadata().text("creationTimestamp") : again;
        return new Entry(address.name(), new Key(parent.text("namespace"), parent.text("name")), parsed(at),
                address.revision());
    }

    static Instant parsed(String at) {
        try {
            return Instant.parse(at);
        } catch (DateTimeException e) {
            return Instant.EPOCH;
        }
    }

    @Override
    public boolean write(String value, Key service, Optional<Entry> over) {
        Struct parent = Struct.of("group", "", "resource", "services", "namespace", service.namespace(), "name",
                service.name());
        try {
            if (over.isEmpty()) {
                Struct labels = Struct.of("ipaddress.kubernetes.io/ip-family",
                        value.indexOf(':') >= 0 ? "IPv6" : "IPv4", MANAGED_BY, MANAGER);
                api.create(World.ADDRESSES, Obj.of(Struct.of("apiVersion", "networking.k8s.io/v1", "kind",
                        "IPAddress", "metadata", Struct.of("name", value, "labels", labels), "spec",
                        Struct.of("parentRef", parent))), WriteOptions.PLAIN);
                return true;
            }
            if (!over.get().service().equals(service)) {
                // whose it is cannot be changed in an IPAddress
                strike(over.get());
                return write(value, service, Optional.empty());
            }
            Obj there = api.get(World.ADDRESSES, Key.of(value));
            return there.revision() == over.get().revision() && written(
                    there.with(clock.instant().toString(), "metadata", "annotations", CLAIMED));
        } catch (ApiFault e) {
            if (e.code() == 404 || e.code() == 409) {
                return false;
            }
            throw e;
        }
    }

    private boolean written(Obj address) {
        api.update(World.ADDRESSES, address, WriteOptions.PLAIN);
        return true;
    }

    @Override
    public void strike(Entry entry) {
        try {
            api.delete(World.ADDRESSES, Key.of(entry.value()), new DeleteOptions(0, "", "", entry.revision()));
        } catch (ApiFault e) {
            if (e.code() != 404 && e.code() != 409) {
                throw e;
            }
        }
    }
}
