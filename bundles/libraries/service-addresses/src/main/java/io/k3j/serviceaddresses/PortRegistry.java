package io.k3j.serviceaddresses;

import io.k3j.apiserverapi.Records;
import io.k3j.model.Key;
import io.k3j.model.Struct;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Claims of node ports, stored as records of the server: Kubernetes has no kind for them.
public final class PortRegistry implements ClaimRegistry {
    private static final String PREFIX = "nodeports/";
    private final Records records;
    private final InstantSource clock;

    /// @param records the datastore that all servers share
    public PortRegistry(Records records, InstantSource clock) {
        this.records = records;
        this.clock = clock;
    }

    /// The record name of a port: `30080/TCP` becomes `nodeports/30080-TCP`.
    private static String name(String value) {
        return PREFIX + value.replace('/', '-');
    }

    @Override
    public Optional<Entry> find(String value) {
        return records.find(name(value)).map(PortRegistry::entry);
    }

    @Override
    public List<Entry> all() {
        return records.list(PREFIX).stream().map(PortRegistry::entry).toList();
    }

    private static Entry entry(Records.Entry record) {
        Struct claim = record.value().struct("claim");
        return new Entry(record.name().substring(PREFIX.length()).replace('-', '/'),
                new Key(claim.text("namespace"), claim.text("name")), AddressRegistry.parsed(claim.text("at")),
                record.revision(), true, claim.text("mark"));
    }

    @Override
    public Optional<String> write(String value, Key service, Optional<Entry> previous) {
        String mark = UUID.randomUUID().toString();
        Struct claim = Struct.of("namespace", service.namespace(), "name", service.name(), "at",
                clock.instant().toString(), "mark", mark);
        boolean written = records.put(name(value), Struct.of("claim", claim),
                previous.map(Entry::revision).orElse(0L));
        return written ? Optional.of(mark) : Optional.empty();
    }

    @Override
    public void delete(Entry entry) {
        records.remove(name(entry.value()), entry.revision());
    }
}
