package io.k3j.apiservercontrollers;

import io.k3j.apiserverapi.Records;
import io.k3j.codec.Json;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Entry;
import io.k3j.model.Struct;
import io.k3j.objectregistry.Storage;
import io.k3j.watchcache.Item;
import io.k3j.watchcache.StorageKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// [Records] as rows under `/registry/k3j.io/`, encoded as objects, so that the event log decodes them like any other
/// row.
public final class OwnRecords implements Records {
    private final Storage storage;

    /// @param storage the server's; reads wait for its fence, as most-recent reads of objects do
    public OwnRecords(Storage storage) {
        this.storage = storage;
    }

    @Override
    public Optional<Entry> find(String name) {
        return Optional.ofNullable(storage.fence().confirmed().tree().get(StorageKeys.OWN + name))
                .map(OwnRecords::entry);
    }

    @Override
    public List<Entry> list(String prefix) {
        List<Entry> all = new ArrayList<>();
        storage.fence().confirmed().tree().visit(StorageKeys.OWN + prefix, (key, item) -> {
            boolean within = key.startsWith(StorageKeys.OWN + prefix);
            if (within) {
                all.add(entry(item));
            }
            return within;
        });
        return all;
    }

    private static Entry entry(Item item) {
        Struct tree = item.object().tree().without("apiVersion").without("kind").without("metadata");
        return new Entry(item.storeKey().substring(StorageKeys.OWN.length()), tree, item.revision());
    }

    @Override
    public boolean put(String name, Struct value, long expected) {
        Struct whole = value.with("apiVersion", "k3j.io/v1").with("kind", "Record").with("metadata",
                Struct.of("name", name));
        return acknowledge(storage.store().commit(StorageKeys.OWN + name, expected, Json.stored(whole), Duration.ZERO));
    }

    @Override
    public boolean remove(String name, long expected) {
        return acknowledge(storage.store().delete(StorageKeys.OWN + name, expected));
    }

    private boolean acknowledge(CommitResult result) {
        if (result instanceof CommitResult.Committed c) {
            storage.log().acknowledged(c.revision());
            return true;
        }
        return false;
    }
}
