package io.k3j.apiserver;

import io.k3j.apiserverapi.Records;
import io.k3j.codec.Json;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.model.Struct;
import io.k3j.watchcache.Item;
import io.k3j.watchcache.Keys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// [Records] as rows under `/registry/k3j.io/`, in the form of objects, so that the log takes them like any other.
final class OwnRecords implements Records {
    private static final String ROOT = Keys.ROOT + "k3j.io/";
    private final Core.Data data;

    OwnRecords(Core.Data data) {
        this.data = data;
    }

    @Override
    public Optional<Entry> find(String name) {
        return Optional.ofNullable(data.fence().confirmed().tree().get(ROOT + name)).map(OwnRecords::entry);
    }

    @Override
    public List<Entry> list(String prefix) {
        List<Entry> all = new ArrayList<>();
        data.fence().confirmed().tree().visit(ROOT + prefix, (key, item) -> {
            boolean within = key.startsWith(ROOT + prefix);
            if (within) {
                all.add(entry(item));
            }
            return within;
        });
        return all;
    }

    private static Entry entry(Item item) {
        Struct tree = item.object().tree().without("apiVersion").without("kind").without("metadata");
        return new Entry(item.storeKey().substring(ROOT.length()), tree, item.revision());
    }

    @Override
    public boolean put(String name, Struct value, long expected) {
        Struct whole = value.with("apiVersion", "k3j.io/v1").with("kind", "Record").with("metadata",
                Struct.of("name", name));
        return done(data.store().commit(ROOT + name, expected, Json.stored(whole), Duration.ZERO));
    }

    @Override
    public boolean remove(String name, long expected) {
        return done(data.store().delete(ROOT + name, expected));
    }

    private boolean done(CommitResult result) {
        if (result instanceof CommitResult.Committed c) {
            data.log().acknowledged(c.revision());
            return true;
        }
        return false;
    }
}
